// Takes datagrams from one socket, many a system call where the kernel can.
using Mumu.Protocols.Stun;

namespace Mumu.Io;

/// <summary>
/// Reads datagrams in batches without allocation: <see cref="Fill"/> asks the kernel once, <see cref="TryRead"/> hands out what came, one by one. For one thread.
/// </summary>
public sealed class UdpReceiver
{
    private const int PlainSlots = 32;
    private const int PlainBytes = 2048; // a WebRTC datagram fits an Ethernet frame
    private const int CoalescedSlots = 8;
    private const int CoalescedBytes = 64 * 1024;

    private readonly UdpSocket _socket;
    private readonly SharedReceiver _receiver;
    private TransportAddress _from;
    private int _at;
    private int _left;
    private int _segment;

    /// <summary>Makes a receiver.</summary>
    /// <param name="socket">Where from.</param>
    /// <param name="coalesce">Asks the kernel to join datagrams of one sender (UDP GRO): cheaper where much media comes in, 512 KiB of buffer.</param>
    public UdpReceiver(UdpSocket socket, bool coalesce = false)
    {
        _socket = socket;
        _receiver =
            coalesce && SharedReceiver.Join(socket)
                ? new SharedReceiver(CoalescedSlots, CoalescedBytes)
                : new SharedReceiver(PlainSlots, PlainBytes, coalesces: false);
    }

    /// <summary>Datagrams dropped because they were longer than any of ours may be.</summary>
    public long Truncated => _receiver.Truncated;

    /// <summary>True if the last <see cref="Fill"/> used all its room, so that more may wait.</summary>
    public bool MayHaveMore => _receiver.MayHaveMore;

    /// <summary>Asks the kernel for datagrams, never waits; false if none is there. What an earlier fill left unread is lost.</summary>
    public bool Fill()
    {
        _left = 0;
        return _receiver.Fill(_socket);
    }

    /// <summary>The next datagram of the fill; the bytes may be changed and are valid until the next fill.</summary>
    public bool TryRead(out Span<byte> datagram, out TransportAddress from)
    {
        while (_left == 0)
        {
            if (!_receiver.TryRead(out _at, out _left, out _segment, out _from))
            {
                datagram = default;
                from = default;
                return false;
            }
        }
        var size = Math.Min(_segment, _left);
        datagram = _receiver.Slice(_at, size);
        from = _from;
        _at += size;
        _left -= size;
        return true;
    }
}
