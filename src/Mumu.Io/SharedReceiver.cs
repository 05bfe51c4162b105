// Takes datagrams from many sockets in turn, many a system call, with one set of buffers for all of them.
using System.Net;
using System.Net.Sockets;
using Mumu.Io.Linux;
using Mumu.Protocols.Stun;

namespace Mumu.Io;

/// <summary>
/// Reads without allocation, for a thread that has thousands of sockets, of which few have something at a time. Joined datagrams of one sender (UDP GRO) come as one
/// run, for the caller to cut; <see cref="UdpReceiver"/> cuts them itself. For one thread.
/// </summary>
public sealed unsafe class SharedReceiver
{
    private const int DefaultSlots = 16;
    private const int DefaultSlotBytes = 64 * 1024;

    private readonly int _slotBytes;
    private readonly bool _coalesces;
    private readonly byte[] _buffer;
    private readonly byte[] _names;
    private readonly LibC.MessageSlot[] _slots;
    private readonly LibC.Slice[] _slices;
    private readonly LibC.ControlSlot[] _controls;
    private TransportAddress _managedFrom;
    private int _filled;
    private int _next;

    /// <summary>Makes a receiver.</summary>
    /// <param name="slots">Runs a system call, at most.</param>
    /// <param name="slotBytes">Room for each; a longer one is dropped.</param>
    /// <param name="coalesces">Sockets may have been told to <see cref="Join"/>.</param>
    public SharedReceiver(int slots = DefaultSlots, int slotBytes = DefaultSlotBytes, bool coalesces = true)
    {
        (_slotBytes, _coalesces) = (slotBytes, coalesces);
        _buffer = GC.AllocateUninitializedArray<byte>(slots * slotBytes, pinned: true);
        _names = GC.AllocateArray<byte>(slots * SocketName.Size, pinned: true);
        _slots = GC.AllocateArray<LibC.MessageSlot>(slots, pinned: true);
        _slices = GC.AllocateArray<LibC.Slice>(slots, pinned: true);
        _controls = GC.AllocateArray<LibC.ControlSlot>(slots, pinned: true);
        fixed (
            byte* buffer = _buffer,
                names = _names
        )
        fixed (LibC.Slice* slices = _slices)
        fixed (LibC.ControlSlot* controls = _controls)
        {
            for (var i = 0; i < slots; i++)
            {
                slices[i] = new LibC.Slice { Base = buffer + (i * slotBytes), Length = (nuint)slotBytes };
                _slots[i].Name = names + (i * SocketName.Size);
                _slots[i].Slices = slices + i;
                _slots[i].SliceCount = 1;
                _slots[i].Control = controls + i;
            }
        }
    }

    /// <summary>True if the last <see cref="Fill"/> used all its room, so that more may wait.</summary>
    public bool MayHaveMore { get; private set; }

    /// <summary>Datagrams dropped because they were longer than a slot.</summary>
    public long Truncated { get; private set; }

    /// <summary>Asks the kernel to join datagrams of one sender for this socket; false where it can't.</summary>
    public static bool Join(UdpSocket socket) => OperatingSystem.IsLinux() && socket.TrySetOption(LibC.SolUdp, LibC.UdpGro, 1);

    /// <summary>Asks the kernel for datagrams of a socket, never waits; false if none is there. What an earlier fill left unread is lost.</summary>
    public bool Fill(UdpSocket socket)
    {
        _next = 0;
        _filled = OperatingSystem.IsLinux() ? FillMany(socket) : FillOne(socket);
        MayHaveMore = _filled == _slots.Length;
        return _filled > 0;
    }

    /// <summary>The next run: datagrams of one sender, all but the last of <paramref name="segment"/> bytes; valid until the next fill.</summary>
    public bool TryRead(out Span<byte> run, out int segment, out TransportAddress from)
    {
        var isRun = TryRead(out var at, out var length, out segment, out from);
        run = Slice(at, length);
        return isRun;
    }

    /// <summary>The same, as a place of <see cref="Slice"/>.</summary>
    internal bool TryRead(out int at, out int length, out int segment, out TransportAddress from)
    {
        while (_next < _filled)
        {
            var index = _next++;
            ref var slot = ref _slots[index];
            at = index * _slotBytes;
            segment = length = (int)slot.Length;
            from = _managedFrom;
            if (!OperatingSystem.IsLinux())
            {
                return true;
            }
            ref var control = ref _controls[index];
            if (slot.ControlLength > 0 && control is { Level: LibC.SolUdp, Type: LibC.UdpGro, Value: > 0 })
            {
                segment = control.Value;
            }
            if ((slot.Flags & LibC.MsgTruncated) != 0)
            {
                Truncated++;
            }
            else if (SocketName.TryRead(_names.AsSpan(index * SocketName.Size), out from))
            {
                return true;
            }
        }
        at = length = segment = 0;
        from = default;
        return false;
    }

    /// <summary>Bytes of the buffer.</summary>
    internal Span<byte> Slice(int at, int length) => _buffer.AsSpan(at, length);

    private int FillMany(UdpSocket socket)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            _slots[i].NameLength = SocketName.Size;
            _slots[i].ControlLength = _coalesces ? (nuint)sizeof(LibC.ControlSlot) : 0;
        }
        fixed (LibC.MessageSlot* slots = _slots)
        {
            // Any error means nothing to read now: most are reports about an earlier datagram of ours.
            return Math.Max(0, LibC.ReceiveMany(socket.Descriptor, slots, (uint)_slots.Length, LibC.MsgDontWait, null));
        }
    }

    private int FillOne(UdpSocket socket)
    {
        EndPoint from = new IPEndPoint(socket.IsDualStack ? IPAddress.IPv6Any : IPAddress.Any, 0);
        try
        {
            if (socket.Inner.Available == 0)
            {
                return 0;
            }
            _slots[0].Length = (uint)socket.Inner.ReceiveFrom(_buffer.AsSpan(0, _slotBytes), ref from);
            _managedFrom = TransportAddress.From((IPEndPoint)from);
            return 1;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
