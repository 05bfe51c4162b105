// The way to one peer through a relay, for packets written in place.
using System.Buffers.Binary;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn.Client;

/// <summary>
/// Wraps packets for a peer: in ChannelData where a channel is bound, else in Send indications. The packet is written <see cref="Front"/> bytes into its room and never moved. Equal
/// packets become equal messages. Good until the client is called again.
/// </summary>
public readonly struct TurnPath
{
    private const int ChannelHeader = 4;
    private readonly TurnClient _client;
    private readonly TransportAddress _peer;
    private readonly ushort _channel;
    private readonly bool _isPadded;

    internal TurnPath(TurnClient client, in TransportAddress peer, int channel, bool isReliable)
    {
        _client = client;
        _peer = peer;
        _channel = (ushort)channel;
        _isPadded = isReliable || channel == 0;
    }

    /// <summary>Bytes in front of a packet.</summary>
    public int Front => _channel != 0 ? ChannelHeader : StunMessage.HeaderLength + 4 + 4 + _peer.AddressLength + 4;

    /// <summary>Bytes that are added at most: in front, and as padding behind.</summary>
    public int Overhead => Front + (_isPadded ? 3 : 0);

    /// <summary>Writes what stands around a packet of <paramref name="length"/> bytes; returns the length of the whole message.</summary>
    public int Seal(Span<byte> room, int length)
    {
        var padding = _isPadded ? -length & 3 : 0;
        room.Slice(Front + length, padding).Clear();
        if (_channel != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(room, _channel);
            BinaryPrimitives.WriteUInt16BigEndian(room[2..], (ushort)length);
        }
        else
        {
            var writer = new StunWriter(room, StunClass.Indication, StunMethod.Send, _client.NextIndication());
            writer.WriteXorAddress(StunAttribute.XorPeerAddress, _peer);
            BinaryPrimitives.WriteUInt16BigEndian(room[(Front - 4)..], (ushort)StunAttribute.Data);
            BinaryPrimitives.WriteUInt16BigEndian(room[(Front - 2)..], (ushort)length);
            BinaryPrimitives.WriteUInt16BigEndian(room[2..], (ushort)(Front - StunMessage.HeaderLength + length + padding));
        }
        return Front + length + padding;
    }
}
