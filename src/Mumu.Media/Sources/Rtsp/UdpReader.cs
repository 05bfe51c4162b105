// Reads one of our UDP ports into a session's loop.
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>Hands on datagrams that come from the camera's address; others are dropped here.</summary>
internal static class UdpReader
{
    private const int MaxDatagram = 64 * 1024;

    internal static async Task RunAsync(
        Socket socket,
        IPAddress from,
        RtspArrival kind,
        ChannelWriter<RtspArrival> arrivals,
        CancellationToken stop
    )
    {
        var sender = new SocketAddress(socket.AddressFamily);
        var expected = Bytes(new IPEndPoint(from, 0).Serialize()).ToArray();
        var room = new byte[MaxDatagram];
        while (!stop.IsCancellationRequested)
        {
            int length;
            try
            {
                length = await socket.ReceiveFromAsync(room, SocketFlags.None, sender, stop).ConfigureAwait(false);
            }
            catch (SocketException error) when (error.SocketErrorCode != SocketError.OperationAborted)
            {
                continue; // A report of ours met a closed port; what comes to this one is no worse for it.
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return; // The session ended.
            }
            if (!Bytes(sender).SequenceEqual(expected))
            {
                continue;
            }
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            room.AsSpan(0, length).CopyTo(buffer);
            if (!arrivals.TryWrite(kind with { Buffer = buffer, Length = length }))
            {
                ArrayPool<byte>.Shared.Return(buffer); // The loop is behind: as if the network had lost it, and counted as such by its number.
            }
        }
    }

    // The bytes of the bare address: behind family and port, and for IPv6 behind the flow label.
    private static ReadOnlySpan<byte> Bytes(SocketAddress address) =>
        address.Family == AddressFamily.InterNetwork ? address.Buffer.Span.Slice(4, 4) : address.Buffer.Span.Slice(8, 16);
}
