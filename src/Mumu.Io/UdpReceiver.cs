// Takes datagrams from a socket, many a system call where the kernel can.
using System.Net;
using System.Net.Sockets;
using Mumu.Io.Linux;
using Mumu.Protocols.Stun;

namespace Mumu.Io;

/// <summary>
/// Reads datagrams in batches without allocation: <see cref="Fill"/> asks the kernel once, <see cref="TryRead"/> hands out what came. For one thread.
/// </summary>
public sealed unsafe class UdpReceiver
{
    private const int PlainSlots = 32;
    private const int PlainBytes = 2048; // a WebRTC datagram fits an Ethernet frame
    private const int CoalescedSlots = 8;
    private const int CoalescedBytes = 64 * 1024;

    private readonly UdpSocket _socket;
    private readonly int _slotCount;
    private readonly int _slotBytes;
    private readonly byte[] _buffer;
    private readonly byte[] _names;
    private readonly LibC.MessageSlot[] _slots;
    private readonly LibC.Slice[] _slices;
    private readonly LibC.ControlSlot[] _controls;
    private readonly bool _coalesces;
    private TransportAddress _from;
    private int _filled;
    private int _next;
    private int _offset;
    private int _length;
    private int _segment;

    /// <summary>Makes a receiver.</summary>
    /// <param name="socket">Where from.</param>
    /// <param name="coalesce">Asks the kernel to join datagrams of one sender (UDP GRO): cheaper where much media comes in, 512 KiB of buffer.</param>
    public UdpReceiver(UdpSocket socket, bool coalesce = false)
    {
        _socket = socket;
        _coalesces = coalesce && OperatingSystem.IsLinux() && socket.TrySetOption(LibC.SolUdp, LibC.UdpGro, 1);
        _slotCount = _coalesces ? CoalescedSlots : PlainSlots;
        _slotBytes = _coalesces ? CoalescedBytes : PlainBytes;
        _buffer = GC.AllocateUninitializedArray<byte>(_slotCount * _slotBytes, pinned: true);
        _names = GC.AllocateArray<byte>(_slotCount * SocketName.Size, pinned: true);
        _slots = GC.AllocateArray<LibC.MessageSlot>(_slotCount, pinned: true);
        _slices = GC.AllocateArray<LibC.Slice>(_slotCount, pinned: true);
        _controls = GC.AllocateArray<LibC.ControlSlot>(_slotCount, pinned: true);
        fixed (
            byte* buffer = _buffer,
                names = _names
        )
        fixed (LibC.Slice* slices = _slices)
        fixed (LibC.ControlSlot* controls = _controls)
        {
            for (var i = 0; i < _slotCount; i++)
            {
                _slices[i] = new LibC.Slice { Base = buffer + i * _slotBytes, Length = (nuint)_slotBytes };
                _slots[i].Name = names + i * SocketName.Size;
                _slots[i].Slices = slices + i;
                _slots[i].SliceCount = 1;
                _slots[i].Control = controls + i;
            }
        }
    }

    /// <summary>Datagrams dropped because they were longer than any of ours may be.</summary>
    public long Truncated { get; private set; }

    /// <summary>True if the last <see cref="Fill"/> used all its room, so that more may wait.</summary>
    public bool MayHaveMore { get; private set; }

    /// <summary>Asks the kernel for datagrams, never waits; false if none is there. What an earlier fill left unread is lost.</summary>
    public bool Fill()
    {
        _next = 0;
        _offset = _length = 0;
        _filled = OperatingSystem.IsLinux() ? FillMany() : FillOne();
        MayHaveMore = _filled == _slotCount;
        return _filled > 0;
    }

    /// <summary>The next datagram of the fill; the bytes may be changed and are valid until the next fill.</summary>
    public bool TryRead(out Span<byte> datagram, out TransportAddress from)
    {
        while (_offset >= _length)
        {
            if (_next >= _filled)
            {
                datagram = default;
                from = default;
                return false;
            }
            Open(_next++);
        }
        var size = Math.Min(_segment, _length - _offset);
        datagram = _buffer.AsSpan((_next - 1) * _slotBytes + _offset, size);
        from = _from;
        _offset += size;
        return true;
    }

    private void Open(int index)
    {
        ref var slot = ref _slots[index];
        _offset = 0;
        _length = (int)slot.Length;
        _segment = Math.Max(1, _length);
        if ((slot.Flags & LibC.MsgTruncated) != 0)
        {
            Truncated++;
            _length = 0;
            return;
        }
        if (OperatingSystem.IsLinux() && !SocketName.TryRead(_names.AsSpan(index * SocketName.Size), out _from))
        {
            _length = 0;
            return;
        }
        ref var control = ref _controls[index];
        if (slot.ControlLength > 0 && control is { Level: LibC.SolUdp, Type: LibC.UdpGro, Value: > 0 })
        {
            _segment = control.Value;
        }
    }

    private int FillMany()
    {
        for (var i = 0; i < _slotCount; i++)
        {
            _slots[i].NameLength = SocketName.Size;
            _slots[i].ControlLength = _coalesces ? (nuint)sizeof(LibC.ControlSlot) : 0;
        }
        fixed (LibC.MessageSlot* slots = _slots)
        {
            // Any error means nothing to read now; what is lasting shows in the wait that follows.
            return Math.Max(0, LibC.ReceiveMany(_socket.Descriptor, slots, (uint)_slotCount, LibC.MsgDontWait, null));
        }
    }

    private int FillOne()
    {
        EndPoint from = new IPEndPoint(_socket.IsDualStack ? IPAddress.IPv6Any : IPAddress.Any, 0);
        try
        {
            if (_socket.Inner.Available == 0)
            {
                return 0;
            }
            _slots[0].Length = (uint)_socket.Inner.ReceiveFrom(_buffer.AsSpan(0, _slotBytes), ref from);
            _from = TransportAddress.From((IPEndPoint)from);
            return 1;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
