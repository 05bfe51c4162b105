// Where a viewer's packets go: room to write them into, and the way they leave.
using Mumu.Io;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc;

/// <summary>
/// One viewer's way out during one turn of its loop. A message is one packet or several of equal size (the last may be shorter): <see cref="Reserve"/> room, write each packet
/// <see cref="Front"/> bytes in, <see cref="Seal"/> it, <see cref="Commit"/> all.
/// </summary>
internal readonly ref struct PacketPath
{
    private readonly UdpSendBatch _output;
    private readonly TransportAddress _destination;

    /// <summary>Straight from the loop's socket.</summary>
    internal PacketPath(UdpSendBatch output, in TransportAddress destination) => (_output, _destination, Front) = (output, destination, 0);

    /// <summary>Bytes that must be left free in front of each packet.</summary>
    internal int Front { get; }

    /// <summary>Bytes that the path adds to a packet at most, those in front among them.</summary>
    internal int Overhead => Front;

    /// <summary>Room for one message of up to that many bytes, overhead included; empty if none can leave now.</summary>
    internal Span<byte> Reserve(int bytes) => _output.Reserve(bytes);

    /// <summary>Makes a packet of <paramref name="length"/> bytes, written <see cref="Front"/> bytes into <paramref name="room"/>, ready to leave; returns the bytes used of the room.</summary>
    internal int Seal(Span<byte> room, int length) => Front + length;

    /// <summary>Sends the message written into the room reserved last: <paramref name="first"/> is the size of each sealed packet but the last.</summary>
    internal void Commit(int length, int first) => _output.Commit(length, first, _destination);
}
