// Forwards by WHIP.
using Mumu.Agent.Whip;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Streams;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Forwarding;

/// <summary>One WHIP session as a forward. Tells that it runs once the other side gets media.</summary>
internal sealed class WhipForward(WebRtcEngine engine, SdpTarget target, TimeProvider time) : IStreamPush
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);
    private readonly WhipPush _push = new(engine, target);

    public long Bytes => _push.Bytes;

    // The engine leaves frames out by its own rules and counts them for all its viewers.
    public long Dropped => 0;

    public async Task RunAsync(MediaStream stream, Action started, CancellationToken cancellation)
    {
        var run = _push.RunAsync(stream, cancellation);
        while (!run.IsCompleted && !_push.IsConnected)
        {
            await Task.WhenAny(run, Task.Delay(s_look, time, CancellationToken.None)).ConfigureAwait(false);
        }
        if (!run.IsCompleted)
        {
            started();
        }
        await run.ConfigureAwait(false);
    }
}
