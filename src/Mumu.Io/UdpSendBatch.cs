// Collects datagrams for many destinations and hands them to the kernel in few calls, equal ones as one (UDP GSO).
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Mumu.Io.Linux;
using Mumu.Protocols.Stun;

namespace Mumu.Io;

/// <summary>
/// The way out of a loop. A message is one datagram or several of equal size (the last may be shorter) for one destination: <see cref="Reserve"/> room, write, <see cref="Commit"/>;
/// <see cref="Flush"/> sends. What the kernel can't take now stays and keeps its order; the caller sees <see cref="IsBlocked"/> and holds back. For one thread.
/// </summary>
public sealed unsafe class UdpSendBatch
{
    /// <summary>The most bytes of one message, below what one UDP datagram can carry.</summary>
    public const int MaxMessageBytes = 60_000;

    /// <summary>The most datagrams of one message.</summary>
    public const int MaxSegments = 64;

    private const int MessageCount = 32;
    private const int ArenaBytes = 64 * 1024; // small, so that it stays in the cache: each message overwrites an earlier one
    private const int RefusalsUntilGivenUp = 8;

    private readonly UdpSocket _socket;
    private readonly byte[] _arena = GC.AllocateUninitializedArray<byte>(ArenaBytes, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(MessageCount * SocketName.Size, pinned: true);
    private readonly LibC.MessageSlot[] _slots = GC.AllocateArray<LibC.MessageSlot>(MessageCount, pinned: true);
    private readonly LibC.Slice[] _slices = GC.AllocateArray<LibC.Slice>(MessageCount, pinned: true);
    private readonly LibC.ControlSlot[] _controls = GC.AllocateArray<LibC.ControlSlot>(MessageCount, pinned: true);
    private readonly TransportAddress[] _destinations = new TransportAddress[MessageCount];
    private readonly UdpSocket?[] _via = new UdpSocket?[MessageCount];
    private int _first;
    private int _count;
    private int _used;
    private int _refusals;

    /// <summary>Makes a batch for a socket.</summary>
    public UdpSendBatch(UdpSocket socket)
    {
        _socket = socket;
        fixed (byte* names = _names)
        fixed (LibC.Slice* slices = _slices)
        fixed (LibC.ControlSlot* controls = _controls)
        {
            for (var i = 0; i < MessageCount; i++)
            {
                _slots[i].Name = names + i * SocketName.Size;
                _slots[i].Slices = slices + i;
                _slots[i].SliceCount = 1;
                // CMSG_LEN(sizeof(uint16_t)): the header and the two bytes of the segment size.
                controls[i] = new LibC.ControlSlot
                {
                    Length = 18,
                    Level = LibC.SolUdp,
                    Type = LibC.UdpSegment,
                };
            }
        }
    }

    /// <summary>True after a flush that the kernel could not take whole; ends with a flush that empties the batch.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Datagrams given to the kernel.</summary>
    public long Datagrams { get; private set; }

    /// <summary>Bytes given to the kernel, without IP and UDP headers.</summary>
    public long Bytes { get; private set; }

    /// <summary>Messages of several datagrams that left as one (GSO).</summary>
    public long Segmented { get; private set; }

    /// <summary>Messages that the kernel refused for good (no route and the like) and that were dropped.</summary>
    public long Errors { get; private set; }

    /// <summary>Times the kernel's buffer was full.</summary>
    public long Blocks { get; private set; }

    /// <summary>Room for one message of up to <paramref name="length"/> bytes; empty if there is none until the kernel takes more.</summary>
    public Span<byte> Reserve(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxMessageBytes);
        if (_count == MessageCount || _used + length > ArenaBytes)
        {
            Flush();
            if (_count == MessageCount || _used + length > ArenaBytes)
            {
                return default;
            }
        }
        return _arena.AsSpan(_used, length);
    }

    /// <summary>Adds the message written into the room reserved last.</summary>
    /// <param name="length">Bytes written.</param>
    /// <param name="segmentSize">Bytes of each datagram but the last; the length itself for a single one.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="via">Another socket to send from; null for the batch's own. What such a socket can't take at once is lost, lest it holds up the others.</param>
    public void Commit(int length, int segmentSize, in TransportAddress destination, UdpSocket? via = null)
    {
        var i = _count++;
        var socket = via ?? _socket;
        _via[i] = socket;
        ref var slot = ref _slots[i];
        slot.NameLength = (uint)SocketName.Write(_names.AsSpan(i * SocketName.Size, SocketName.Size), destination, socket.IsDualStack);
        fixed (byte* arena = _arena)
        {
            _slices[i] = new LibC.Slice { Base = arena + _used, Length = (nuint)length };
        }
        _controls[i].Value = segmentSize;
        _destinations[i] = destination;
        if (length > segmentSize && socket.SegmentsInKernel)
        {
            fixed (LibC.ControlSlot* control = &_controls[i])
            {
                slot.Control = control;
                slot.ControlLength = (nuint)sizeof(LibC.ControlSlot);
            }
        }
        else
        {
            slot.Control = null;
            slot.ControlLength = 0;
        }
        _used += length;
    }

    /// <summary>Drops what waits for a socket that will be closed.</summary>
    public void Forget(UdpSocket via)
    {
        for (var i = _first; i < _count; i++)
        {
            _via[i] = _via[i] == via ? null : _via[i];
        }
    }

    /// <summary>Gives all messages to the kernel; false if some must wait until the socket is writable.</summary>
    public bool Flush()
    {
        while (_first < _count)
        {
            var sent =
                _via[_first] is null ? 1
                : OperatingSystem.IsLinux() ? SendPrepared()
                : SendPlain(_first) ? 1
                : 0;
            if (sent == 0)
            {
                Blocks += IsBlocked ? 0 : 1;
                IsBlocked = true;
                return false;
            }
            _first += sent;
        }
        _first = _count = _used = 0;
        IsBlocked = false;
        return true;
    }

    /// <summary>Sends from the first message on; returns how many are dealt with, 0 if the kernel is full.</summary>
    private int SendPrepared()
    {
        ref var head = ref _slots[_first];
        if (head.Control == null && (int)_slices[_first].Length > _controls[_first].Value)
        {
            return SendPlain(_first) ? 1 : 0;
        }
        var ready = 1;
        var socket = _via[_first]!;
        while (
            _first + ready < _count
            && _via[_first + ready] == socket
            && (_slots[_first + ready].Control != null || IsSingle(_first + ready))
        )
        {
            ready++;
        }
        int sent;
        fixed (LibC.MessageSlot* slots = _slots)
        {
            sent = LibC.SendMany(socket.Descriptor, slots + _first, (uint)ready, LibC.MsgDontWait);
        }
        if (sent <= 0)
        {
            return AfterRefusal(Marshal.GetLastPInvokeError());
        }
        for (var i = _first; i < _first + sent; i++)
        {
            CountSent(i);
        }
        _refusals = 0;
        return sent;
    }

    private int AfterRefusal(int error)
    {
        switch (error)
        {
            case LibC.WouldBlock when _via[_first] != _socket:
                Errors++;
                return 1;
            case LibC.WouldBlock or LibC.Interrupted:
                return 0;
            case LibC.IoError or LibC.Invalid or LibC.MessageTooLong when _slots[_first].Control != null:
                // The device or the path can't have it in one piece: EIO is the device's last word, the others may be this path's.
                _via[_first]!.SegmentsInKernel &= error != LibC.IoError && ++_refusals < RefusalsUntilGivenUp;
                _slots[_first].Control = null;
                _slots[_first].ControlLength = 0;
                return SendPlain(_first) ? 1 : 0;
            default:
                Errors++;
                return 1;
        }
    }

    private bool IsSingle(int index) => (int)_slices[index].Length <= _controls[index].Value;

    private void CountSent(int index)
    {
        var length = (int)_slices[index].Length;
        var segment = _controls[index].Value;
        Bytes += length;
        Datagrams += (length + segment - 1) / segment;
        Segmented += _slots[index].Control != null ? 1 : 0;
    }

    /// <summary>Sends one message datagram by datagram; false if the kernel is full, with the rest left in place.</summary>
    private bool SendPlain(int index)
    {
        ref var slice = ref _slices[index];
        var segment = _controls[index].Value;
        while (slice.Length > 0)
        {
            var size = Math.Min(segment, (int)slice.Length);
            switch (OperatingSystem.IsLinux() ? SendOne(index, size) : SendOneManaged(index, size))
            {
                case Outcome.Full when _via[index] == _socket:
                    return false;
                case Outcome.Sent:
                    Datagrams++;
                    Bytes += size;
                    break;
                default:
                    Errors++;
                    break;
            }
            slice = new LibC.Slice { Base = (byte*)slice.Base + size, Length = slice.Length - (nuint)size };
        }
        return true;
    }

    private Outcome SendOne(int index, int size)
    {
        var slice = new LibC.Slice { Base = _slices[index].Base, Length = (nuint)size };
        var slot = _slots[index] with { Slices = &slice };
        return LibC.SendMany(_via[index]!.Descriptor, &slot, 1, LibC.MsgDontWait) == 1 ? Outcome.Sent
            : Marshal.GetLastPInvokeError() == LibC.WouldBlock ? Outcome.Full
            : Outcome.Refused;
    }

    private Outcome SendOneManaged(int index, int size)
    {
        try
        {
            var data = new ReadOnlySpan<byte>(_slices[index].Base, size);
            _via[index]!.Inner.SendTo(data, SocketFlags.None, _destinations[index].ToIPEndPoint());
            return Outcome.Sent;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode == SocketError.WouldBlock ? Outcome.Full : Outcome.Refused;
        }
    }

    private enum Outcome
    {
        Sent,
        Full,
        Refused,
    }
}
