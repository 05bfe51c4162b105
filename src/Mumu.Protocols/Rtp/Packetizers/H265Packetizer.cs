// H.265 pictures to RTP payloads: aggregation packets and fragmentation units.
namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>Packetises H.265 without decoding order numbers (RFC 7798 §4.4.1 single NAL, §4.4.2 AP, §4.4.3 FU).</summary>
public sealed class H265Packetizer() : NalPacketizer(2)
{
    internal const byte Aggregation = 48;
    internal const byte Fragmentation = 49;

    private protected override int FragmentHeader => 3;

    private protected override void WriteFragmentHeader(ReadOnlySpan<byte> nal, bool isFirst, bool isLast, Span<byte> destination)
    {
        destination[0] = (byte)((nal[0] & 0x81) | (Fragmentation << 1));
        destination[1] = nal[1];
        destination[2] = (byte)((isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0) | ((nal[0] >> 1) & 0x3F));
    }

    // Forbidden bit: any; layer and temporal id: the lowest of those inside (§4.4.2).
    private protected override void MergeAggregateHeader(ReadOnlySpan<byte> nal, bool isFirst, Span<byte> destination)
    {
        if (nal.Length < 2)
        {
            return;
        }
        var sofar = isFirst ? 0x1FF : ((destination[0] & 1) << 8) | destination[1];
        var own = ((nal[0] & 1) << 8) | nal[1];
        var layer = Math.Min(sofar >> 3, own >> 3);
        var temporal = Math.Min(sofar & 7, own & 7);
        var forbidden = ((isFirst ? 0 : destination[0]) | nal[0]) & 0x80;
        destination[0] = (byte)(forbidden | (Aggregation << 1) | (layer >> 5));
        destination[1] = (byte)((layer << 3) | temporal);
    }
}
