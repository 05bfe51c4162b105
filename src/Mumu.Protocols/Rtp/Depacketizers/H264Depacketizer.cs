// H.264 pictures from RTP payloads.
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>Depacketises H.264 in packetization-modes 0 and 1 (RFC 6184 §5.6, §5.7.1, §5.8); interleaved mode is not supported.</summary>
public sealed class H264Depacketizer() : NalDepacketizer(1)
{
    private const int Slice = 1;
    private const int Idr = 5;
    private const int Sps = 7;
    private const int Pps = 8;

    private protected override bool HasAllSets => ParameterSets.Has(Sps) && ParameterSets.Has(Pps);

    private protected override NalKind KindOf(ReadOnlySpan<byte> nal) =>
        (nal[0] & 0x1F) switch
        {
            Slice => IsIntra(nal) ? NalKind.IntraSlice : NalKind.Slice,
            2 or 3 or 4 => NalKind.Slice,
            Idr => NalKind.KeySlice,
            Sps or Pps => NalKind.ParameterSet,
            H264Packetizer.StapA => NalKind.Aggregation,
            H264Packetizer.FuA => NalKind.Fragment,
            > 24 => NalKind.Unsupported,
            _ => NalKind.Other,
        };

    private protected override bool IsSequenceSet(ReadOnlySpan<byte> nal) => (nal[0] & 0x1F) == Sps;

    private protected override void Remember(ReadOnlySpan<byte> nal)
    {
        var type = nal[0] & 0x1F;
        // The id stands behind profile, constraints and level in an SPS, at once in a PPS (§7.3.2.1, §7.3.2.2).
        var ids = type == Sps ? nal[Math.Min(4, nal.Length)..] : nal[1..];
        ParameterSets.Set(type, KnownParameterSets.ReadId(ids), nal);
    }

    private protected override bool TryReadFragment(
        ReadOnlySpan<byte> payload,
        Span<byte> header,
        out bool isFirst,
        out ReadOnlySpan<byte> piece
    )
    {
        isFirst = (payload[1] & 0x80) != 0;
        header[0] = (byte)((payload[0] & 0xE0) | (payload[1] & 0x1F));
        piece = payload[2..];
        return true;
    }

    // Cameras that never send an IDR start groups with an I slice behind an SPS: first_mb 0, then slice_type 2 or 7 (§7.3.3).
    private static bool IsIntra(ReadOnlySpan<byte> nal) => nal.Length > 1 && (nal[1] == 0x88 || (nal[1] & 0xF0) == 0xB0);
}
