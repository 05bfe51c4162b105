// Asks for a path over RTMP and then reads nothing more.
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Tests.Outputs;

internal static class RawRtmpReader
{
    internal static async Task PlayAsync(Stream stream, Uri uri)
    {
        Assert.True(RtmpAddress.TryParse(uri, out var address));
        var client = new RtmpClient(address, publishes: false, TimeSpan.FromSeconds(20), new Random(1));
        client.Start(TimeSpan.Zero);
        var buffer = new byte[1024];
        var hasStarted = false;
        while (!hasStarted)
        {
            while (client.TryTransmit(buffer, out var length))
            {
                await stream.WriteAsync(buffer.AsMemory(0, length));
            }
            client.Receive(buffer.AsSpan(0, await stream.ReadAsync(buffer)), TimeSpan.Zero);
            while (client.TryRead(out var e))
            {
                hasStarted |= e.Kind == RtmpClientEventKind.Started;
            }
        }
    }
}
