// The announcement of a channel.
using System.Buffers.Binary;
using System.Text;

namespace Mumu.Protocols.Sctp.DataChannels;

/// <summary>DATA_CHANNEL_OPEN and its answer (RFC 8832 §5).</summary>
internal static class DcepOpen
{
    private const byte Open = 3;
    private const byte Acknowledge = 2;
    private const int FixedLength = 12;
    private const ushort NormalPriority = 256;
    private const byte Unordered = 0x80;
    private const byte Reliable = 0;
    private const byte LimitedRetransmits = 1;
    private const byte LimitedLife = 2;

    internal static bool IsAcknowledgement(ReadOnlySpan<byte> message) => message is [Acknowledge, ..];

    internal static ReadOnlySpan<byte> Acknowledgement => [Acknowledge];

    internal static bool TryParse(ReadOnlySpan<byte> message, int maxNames, out DataChannelSetup setup)
    {
        setup = null!;
        if (message.Length < FixedLength || message[0] != Open)
        {
            return false;
        }
        var label = BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        var protocol = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        var type = (byte)(message[1] & ~Unordered);
        if (message.Length != FixedLength + label + protocol || label + protocol > maxNames || type > LimitedLife)
        {
            return false;
        }
        var limit = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        setup = new DataChannelSetup(Encoding.UTF8.GetString(message.Slice(FixedLength, label)))
        {
            Protocol = Encoding.UTF8.GetString(message.Slice(FixedLength + label, protocol)),
            IsOrdered = (message[1] & Unordered) == 0,
            MaxRetransmits = type == LimitedRetransmits ? (ushort)Math.Min(limit, ushort.MaxValue) : null,
            MaxLife = type == LimitedLife ? TimeSpan.FromMilliseconds(limit) : null,
        };
        return true;
    }

    internal static byte[] Make(DataChannelSetup setup)
    {
        var label = Encoding.UTF8.GetByteCount(setup.Label);
        var protocol = Encoding.UTF8.GetByteCount(setup.Protocol);
        var message = new byte[FixedLength + label + protocol];
        var type =
            setup.MaxRetransmits is not null ? LimitedRetransmits
            : setup.MaxLife is not null ? LimitedLife
            : Reliable;
        message[0] = Open;
        message[1] = (byte)(type | (setup.IsOrdered ? 0 : Unordered));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), NormalPriority);
        BinaryPrimitives.WriteUInt32BigEndian(
            message.AsSpan(4),
            setup.MaxRetransmits ?? (uint)Math.Clamp(setup.MaxLife?.TotalMilliseconds ?? 0, 0, uint.MaxValue)
        );
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)label);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)protocol);
        Encoding.UTF8.GetBytes(setup.Label, message.AsSpan(FixedLength));
        Encoding.UTF8.GetBytes(setup.Protocol, message.AsSpan(FixedLength + label));
        return message;
    }
}
