// H.265 pictures from RTP payloads.
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>Depacketises H.265 without decoding order numbers (RFC 7798 §4.4.1, §4.4.2, §4.4.3; sprop-max-don-diff=0).</summary>
public sealed class H265Depacketizer() : NalDepacketizer(2)
{
    private const int Vps = 32;
    private const int Sps = 33;
    private const int Pps = 34;

    private protected override bool HasAllSets => ParameterSets.Has(Vps) && ParameterSets.Has(Sps) && ParameterSets.Has(Pps);

    private protected override NalKind KindOf(ReadOnlySpan<byte> nal) =>
        TypeOf(nal) switch
        {
            >= 16 and <= 21 => NalKind.KeySlice,
            < 32 => NalKind.Slice,
            Vps or Sps or Pps => NalKind.ParameterSet,
            H265Packetizer.Aggregation => NalKind.Aggregation,
            H265Packetizer.Fragmentation => NalKind.Fragment,
            > H265Packetizer.Fragmentation => NalKind.Unsupported,
            _ => NalKind.Other,
        };

    private protected override bool IsSequenceSet(ReadOnlySpan<byte> nal) => TypeOf(nal) == Sps;

    private protected override void Remember(ReadOnlySpan<byte> nal)
    {
        var type = TypeOf(nal);
        // VPS: four bits; PPS: Exp-Golomb at once; an SPS's id lies deep, and encoders use only one (§7.3.2.1–3).
        var id = type switch
        {
            Vps => (uint)nal[2] >> 4,
            Pps => KnownParameterSets.ReadId(nal[2..]),
            _ => 0u,
        };
        ParameterSets.Set(type, id, nal);
    }

    private protected override bool TryReadFragment(
        ReadOnlySpan<byte> payload,
        Span<byte> header,
        out bool isFirst,
        out ReadOnlySpan<byte> piece
    )
    {
        isFirst = (payload[2] & 0x80) != 0;
        header[0] = (byte)((payload[0] & 0x81) | ((payload[2] & 0x3F) << 1));
        header[1] = payload[1];
        piece = payload[3..];
        return true;
    }

    private static int TypeOf(ReadOnlySpan<byte> nal) => (nal[0] >> 1) & 0x3F;
}
