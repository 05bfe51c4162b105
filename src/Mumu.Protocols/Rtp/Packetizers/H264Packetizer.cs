// H.264 pictures to RTP payloads: STAP-A and FU-A.
namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>Packetises H.264 in packetization-mode 1 (RFC 6184 §5.6 single NAL, §5.7.1 STAP-A, §5.8 FU-A).</summary>
public sealed class H264Packetizer() : NalPacketizer(1)
{
    internal const byte StapA = 24;
    internal const byte FuA = 28;

    private protected override int FragmentHeader => 2;

    private protected override void WriteFragmentHeader(ReadOnlySpan<byte> nal, bool isFirst, bool isLast, Span<byte> destination)
    {
        destination[0] = (byte)((nal[0] & 0xE0) | FuA);
        destination[1] = (byte)((isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0) | (nal[0] & 0x1F));
    }

    // Forbidden bit: any; importance: the highest of those inside (§5.7.1).
    private protected override void MergeAggregateHeader(ReadOnlySpan<byte> nal, bool isFirst, Span<byte> destination)
    {
        var sofar = isFirst ? 0 : destination[0];
        destination[0] = (byte)(((sofar | nal[0]) & 0x80) | Math.Max(sofar & 0x60, nal[0] & 0x60) | StapA);
    }
}
