// Sends datagrams from where they lie, through whichever socket each wants, equal ones in a row as one (UDP GSO).
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mumu.Io.Linux;
using Mumu.Protocols.Stun;

namespace Mumu.Io;

/// <summary>
/// Collects datagrams by reference and gives them to the kernel in few calls. What the kernel can't take now is lost, as datagrams may be. For one thread at a time.
/// </summary>
public sealed unsafe class GatheringSender
{
    private const int Capacity = 256;
    private const int MaxJoined = 64; // the kernel's UDP_MAX_SEGMENTS in older versions
    private const int MaxJoinedBytes = 60_000;

    private readonly byte[] _names = GC.AllocateArray<byte>(Capacity * SocketName.Size, pinned: true);
    private readonly LibC.MessageSlot[] _slots = GC.AllocateArray<LibC.MessageSlot>(Capacity, pinned: true);
    private readonly LibC.Slice[] _slices = GC.AllocateArray<LibC.Slice>(Capacity, pinned: true);
    private readonly LibC.ControlSlot[] _controls = GC.AllocateArray<LibC.ControlSlot>(Capacity, pinned: true);
    private readonly TransportAddress[] _destinations = new TransportAddress[Capacity];
    private UdpSocket? _socket;
    private int _messages;
    private int _datagrams;
    private int _joinedBytes;
    private bool _isClosed; // the last message has had its shorter datagram

    /// <summary>Datagrams that the kernel refused.</summary>
    public long Lost { get; private set; }

    /// <summary>Adds a datagram.</summary>
    /// <param name="socket">Where it leaves; another than the last one's sends what was collected.</param>
    /// <param name="datagram">Pinned memory that stays as it is until <see cref="Flush"/>.</param>
    /// <param name="destination">Where to.</param>
    public void Add(UdpSocket socket, ReadOnlySpan<byte> datagram, in TransportAddress destination)
    {
        if (!OperatingSystem.IsLinux())
        {
            Lost += socket.TrySend(datagram, destination) ? 0 : 1;
            return;
        }
        if (_datagrams == Capacity || !ReferenceEquals(socket, _socket))
        {
            Flush();
            _socket = socket;
        }
        fixed (LibC.Slice* slices = _slices)
        {
            slices[_datagrams] = new LibC.Slice
            {
                Base = Unsafe.AsPointer(ref MemoryMarshal.GetReference(datagram)),
                Length = (nuint)datagram.Length,
            };
            if (!TryJoin(datagram.Length, destination))
            {
                Begin(slices + _datagrams, datagram.Length, destination);
            }
        }
        _datagrams++;
    }

    /// <summary>Gives everything to the kernel.</summary>
    public void Flush()
    {
        var done = 0;
        while (done < _messages)
        {
            int sent;
            fixed (LibC.MessageSlot* slots = _slots)
            {
                sent = LibC.SendMany(_socket!.Descriptor, slots + done, (uint)(_messages - done), LibC.MsgDontWait);
            }
            if (sent <= 0)
            {
                GiveUp(done);
                sent = 1;
            }
            done += sent;
        }
        _messages = _datagrams = 0;
        _socket = null;
    }

    private bool TryJoin(int length, in TransportAddress destination)
    {
        if (_messages == 0 || _isClosed || !_socket!.SegmentsInKernel)
        {
            return false;
        }
        var last = _messages - 1;
        ref var slot = ref _slots[last];
        var segment = _controls[last].Value;
        if (
            length > segment
            || length == 0
            || slot.SliceCount == MaxJoined
            || _joinedBytes + length > MaxJoinedBytes
            || _destinations[last] != destination
        )
        {
            return false;
        }
        slot.SliceCount++;
        _joinedBytes += length;
        _isClosed = length < segment;
        fixed (LibC.ControlSlot* control = &_controls[last])
        {
            slot.Control = control;
            slot.ControlLength = (nuint)sizeof(LibC.ControlSlot);
        }
        return true;
    }

    private void Begin(LibC.Slice* slice, int length, in TransportAddress destination)
    {
        var i = _messages++;
        ref var slot = ref _slots[i];
        fixed (byte* names = _names)
        {
            var name = names + (i * SocketName.Size);
            slot.Name = name;
            slot.NameLength = (uint)SocketName.Write(new Span<byte>(name, SocketName.Size), destination, _socket!.IsDualStack);
        }
        slot.Slices = slice;
        slot.SliceCount = 1;
        slot.Control = null;
        slot.ControlLength = 0;
        _controls[i] = new LibC.ControlSlot
        {
            Length = 18, // CMSG_LEN(sizeof(uint16_t))
            Level = LibC.SolUdp,
            Type = LibC.UdpSegment,
            Value = length,
        };
        _destinations[i] = destination;
        _joinedBytes = length;
        _isClosed = false;
    }

    /// <summary>The kernel refused this message: joined ones are tried one by one, the rest is lost.</summary>
    private void GiveUp(int index)
    {
        var error = Marshal.GetLastPInvokeError();
        ref var slot = ref _slots[index];
        if (slot.Control == null || error == LibC.WouldBlock)
        {
            Lost += (long)slot.SliceCount;
            return;
        }
        _socket!.SegmentsInKernel &= error != LibC.IoError; // the device's last word; other errors may be this path's
        var single = slot;
        single.Control = null;
        single.ControlLength = 0;
        single.SliceCount = 1;
        for (var i = 0; i < (int)slot.SliceCount; i++)
        {
            single.Slices = slot.Slices + i;
            Lost += LibC.SendMany(_socket.Descriptor, &single, 1, LibC.MsgDontWait) == 1 ? 0 : 1;
        }
    }
}
