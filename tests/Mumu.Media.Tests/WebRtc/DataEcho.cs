// Gives back what comes on a viewer's data channels, through the session's own interface.
using Mumu.Media.WebRtc;
using Mumu.Protocols.Sctp.DataChannels;

namespace Mumu.Media.Tests.WebRtc;

internal sealed class DataEcho
{
    private readonly Task _run;

    public DataEcho(ViewerSession session) => _run = Task.Run(() => RunAsync(session.Data!));

    public int Messages { get; private set; }

    public Task EndAsync() => _run;

    private async Task RunAsync(ViewerData data)
    {
        while (await data.ReadAsync(TestContext.Current.CancellationToken) is { } e)
        {
            if (e.Kind == DataChannelEventKind.Message)
            {
                Messages++;
                await data.SendAsync(e.Channel, e.Data, e.IsText, TestContext.Current.CancellationToken);
            }
        }
    }
}
