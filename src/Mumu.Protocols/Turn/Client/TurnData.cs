// Reads what a TURN server passes on from peers.
using System.Buffers.Binary;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn.Client;

/// <summary>ChannelData (RFC 8656 §12.4) and Data indications (§11.4).</summary>
internal static class TurnData
{
    private const int ChannelHeader = 4;

    /// <summary>Takes ChannelData apart; padding behind it is allowed.</summary>
    public static bool TryReadChannel(Span<byte> message, out int channel, out Span<byte> payload)
    {
        channel = 0;
        payload = default;
        if (message.Length < ChannelHeader)
        {
            return false;
        }
        channel = BinaryPrimitives.ReadUInt16BigEndian(message);
        int length = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if (length > message.Length - ChannelHeader)
        {
            return false;
        }
        payload = message.Slice(ChannelHeader, length);
        return true;
    }

    /// <summary>Finds peer and data of a Data indication; the payload is a part of <paramref name="whole"/>, the bytes that were parsed.</summary>
    public static bool TryReadIndication(scoped in StunMessage message, Span<byte> whole, out TransportAddress peer, out Span<byte> payload)
    {
        payload = default;
        if (
            !message.TryGetXorAddress(StunAttribute.XorPeerAddress, out peer)
            || message.Method != StunMethod.Data
            || !message.TryGet(StunAttribute.Data, out var data)
        )
        {
            return false;
        }
        ((ReadOnlySpan<byte>)whole).Overlaps(data, out var offset);
        payload = data.IsEmpty ? default : whole.Slice(offset, data.Length);
        return true;
    }
}
