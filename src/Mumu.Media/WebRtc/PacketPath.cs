// Where a viewer's packets go: room to write them into, and the way they leave.
using System.Buffers.Binary;
using Mumu.Io;
using Mumu.Media.WebRtc.Carriers;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn.Client;

namespace Mumu.Media.WebRtc;

/// <summary>
/// One viewer's way out during one turn of its loop. A message is one packet or several of equal size (the last may be shorter): <see cref="Reserve"/> room, write each packet
/// <see cref="Front"/> bytes in, <see cref="Seal"/> it, <see cref="Commit"/> all.
/// </summary>
internal readonly struct PacketPath
{
    private const int LengthPrefix = 2;
    private readonly UdpSendBatch? _output;
    private readonly TransportAddress _destination;
    private readonly UdpSocket? _via;
    private readonly StreamCarrier? _stream;
    private readonly TurnPath _turn;
    private readonly bool _isRelayed;

    /// <summary>By datagrams: straight from the loop's socket, or from another.</summary>
    internal PacketPath(UdpSendBatch output, in TransportAddress destination, UdpSocket? via = null) =>
        (_output, _destination, _via, MaxMessageBytes) = (output, destination, via, UdpSendBatch.MaxMessageBytes);

    /// <summary>Through a relay, by datagrams.</summary>
    internal PacketPath(UdpSendBatch output, in TransportAddress server, UdpSocket via, in TurnPath turn)
        : this(output, server, via) => (_turn, _isRelayed, Front, Overhead) = (turn, true, turn.Front, turn.Overhead);

    /// <summary>Through a relay, by a stream.</summary>
    internal PacketPath(StreamCarrier stream, in TurnPath turn)
        : this(stream) => (_turn, _isRelayed, Front, Overhead) = (turn, true, turn.Front, turn.Overhead);

    /// <summary>By a stream: with a length in front of each packet, or of messages that tell their own.</summary>
    internal PacketPath(StreamCarrier stream, bool isPrefixed = false)
    {
        (_stream, MaxMessageBytes) = (stream, StreamCarrier.MaxMessageBytes);
        Front = Overhead = isPrefixed ? LengthPrefix : 0;
    }

    /// <summary>Bytes that must be left free in front of each packet.</summary>
    internal int Front { get; }

    /// <summary>Bytes that the path adds to a packet at most, those in front among them.</summary>
    internal int Overhead { get; }

    /// <summary>The most bytes of one message.</summary>
    internal int MaxMessageBytes { get; }

    /// <summary>Room for one message of up to that many bytes, overhead included; empty if none can leave now.</summary>
    internal Span<byte> Reserve(int bytes) => _stream is null ? _output!.Reserve(bytes) : _stream.Reserve(bytes, isMedia: true);

    /// <summary>Makes a packet of <paramref name="length"/> bytes, written <see cref="Front"/> bytes into <paramref name="room"/>, ready to leave; returns the bytes used of the room.</summary>
    internal int Seal(Span<byte> room, int length)
    {
        if (_isRelayed)
        {
            return _turn.Seal(room, length);
        }
        if (Front == LengthPrefix)
        {
            BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)length);
        }
        return Front + length;
    }

    /// <summary>Sends the message written into the room reserved last: <paramref name="first"/> is the size of each sealed packet but the last.</summary>
    internal void Commit(int length, int first)
    {
        if (_stream is null)
        {
            _output!.Commit(length, first, _destination, _via);
        }
        else
        {
            _stream.Commit(length);
        }
    }

    /// <summary>Sends one control message, which may be lost.</summary>
    internal void Send(ReadOnlySpan<byte> message)
    {
        var bytes = message.Length + Overhead;
        var room = _stream is null ? _output!.Reserve(bytes) : _stream.Reserve(bytes, isMedia: false);
        if (!room.IsEmpty)
        {
            message.CopyTo(room[Front..]);
            var length = Seal(room, message.Length);
            Commit(length, length);
        }
    }
}
