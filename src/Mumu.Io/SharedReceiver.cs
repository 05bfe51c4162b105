// Takes datagrams from many sockets in turn, many a system call, with one set of buffers for all of them.
using System.Net;
using System.Net.Sockets;
using Mumu.Io.Linux;
using Mumu.Protocols.Stun;

namespace Mumu.Io;

/// <summary>
/// Like <see cref="UdpReceiver"/>, for a thread that has thousands of sockets, of which few have something at a time. Joined datagrams of one sender (UDP GRO) come as one
/// run, for the caller to cut. For one thread.
/// </summary>
public sealed unsafe class SharedReceiver
{
    private const int Slots = 16;
    private const int SlotBytes = 64 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(Slots * SlotBytes, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(Slots * SocketName.Size, pinned: true);
    private readonly LibC.MessageSlot[] _slots = GC.AllocateArray<LibC.MessageSlot>(Slots, pinned: true);
    private readonly LibC.Slice[] _slices = GC.AllocateArray<LibC.Slice>(Slots, pinned: true);
    private readonly LibC.ControlSlot[] _controls = GC.AllocateArray<LibC.ControlSlot>(Slots, pinned: true);
    private TransportAddress _managedFrom;
    private int _filled;
    private int _next;

    /// <summary>Makes a receiver.</summary>
    public SharedReceiver()
    {
        fixed (
            byte* buffer = _buffer,
                names = _names
        )
        fixed (LibC.Slice* slices = _slices)
        fixed (LibC.ControlSlot* controls = _controls)
        {
            for (var i = 0; i < Slots; i++)
            {
                slices[i] = new LibC.Slice { Base = buffer + (i * SlotBytes), Length = SlotBytes };
                _slots[i].Name = names + (i * SocketName.Size);
                _slots[i].Slices = slices + i;
                _slots[i].SliceCount = 1;
                _slots[i].Control = controls + i;
            }
        }
    }

    /// <summary>True if the last <see cref="Fill"/> used all its room, so that more may wait.</summary>
    public bool MayHaveMore { get; private set; }

    /// <summary>Asks the kernel to join datagrams of one sender for this socket, where it can.</summary>
    public static void Join(UdpSocket socket) => _ = OperatingSystem.IsLinux() && socket.TrySetOption(LibC.SolUdp, LibC.UdpGro, 1);

    /// <summary>Asks the kernel for datagrams of a socket, never waits; false if none is there. What an earlier fill left unread is lost.</summary>
    public bool Fill(UdpSocket socket)
    {
        _next = 0;
        _filled = OperatingSystem.IsLinux() ? FillMany(socket) : FillOne(socket);
        MayHaveMore = _filled == Slots;
        return _filled > 0;
    }

    /// <summary>The next run: datagrams of one sender, all but the last of <paramref name="segment"/> bytes; valid until the next fill.</summary>
    public bool TryRead(out Span<byte> run, out int segment, out TransportAddress from)
    {
        while (_next < _filled)
        {
            var index = _next++;
            ref var slot = ref _slots[index];
            run = _buffer.AsSpan(index * SlotBytes, (int)slot.Length);
            segment = run.Length;
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
            if ((slot.Flags & LibC.MsgTruncated) == 0 && SocketName.TryRead(_names.AsSpan(index * SocketName.Size), out from))
            {
                return true;
            }
        }
        run = default;
        segment = 0;
        from = default;
        return false;
    }

    private int FillMany(UdpSocket socket)
    {
        for (var i = 0; i < Slots; i++)
        {
            _slots[i].NameLength = SocketName.Size;
            _slots[i].ControlLength = (nuint)sizeof(LibC.ControlSlot);
        }
        fixed (LibC.MessageSlot* slots = _slots)
        {
            // Any error means nothing to read now: most are reports about an earlier datagram of ours.
            return Math.Max(0, LibC.ReceiveMany(socket.Descriptor, slots, Slots, LibC.MsgDontWait, null));
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
            _slots[0].Length = (uint)socket.Inner.ReceiveFrom(_buffer.AsSpan(0, SlotBytes), ref from);
            _managedFrom = TransportAddress.From((IPEndPoint)from);
            return 1;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
