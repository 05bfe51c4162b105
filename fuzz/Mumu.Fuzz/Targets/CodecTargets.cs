// Parameter sets, frame headers, and the ways units are held.
using Mumu.Protocols.Codecs;

namespace Mumu.Fuzz.Targets;

internal static class CodecTargets
{
    private static readonly byte[] s_h264 = Convert.FromHexString("67640016acd940a03db011000003000100000300140f162d96");
    private static readonly byte[] s_h264Hrd = Convert.FromHexString(
        "6742c01fd9005005bb0110000003001000000303c604000f424001e84e4c30078c1924"
    );
    private static readonly byte[] s_h265 = Convert.FromHexString(
        "420101016000000300900000030000030078a003c08010e596566924caf0168080000003008000000c84"
    );
    private static readonly byte[] s_pps = Convert.FromHexString("68ebe3cb20");
    private static readonly byte[] s_av1 = [0x0A, 0x0B, 0, 0, 0, 0x42, 0xAB, 0xBF, 0xC3, 0x71, 0xAB, 0xE6, 1, 0x32, 4, 0x10, 1, 2, 3];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("h264-sps", [s_h264, s_h264Hrd], nal => H264Sps.TryParse(nal, out _)),
        new("h264-pps", [s_pps, [0x68, 0xCB, 0x8C, 0xB2]], nal => H264Pps.TryParse(nal, out _)),
        new("h265-sps", [s_h265], nal => H265Sps.TryParse(nal, out _)),
        new(
            "vp8-header",
            [
                [0x10, 2, 0, 0x9D, 1, 0x2A, 0x40, 1, 0xF0, 0],
            ],
            frame => Vp8Header.TryParse(frame, out _)
        ),
        new(
            "vp9-header",
            [
                [0x82, 0x49, 0x83, 0x42, 0, 0x13, 0xF0, 0x0E, 0xF0],
            ],
            frame => Vp9Header.TryParse(frame, out _)
        ),
        new("av1", [s_av1], ReadAv1),
        new(
            "aac-configuration",
            [
                [0x12, 0x10],
                [0x2B, 0x92, 8, 0],
            ],
            bytes => AacConfiguration.TryParse(bytes, out _)
        ),
        new("nal-units", [Lengths(s_h264, s_pps)], ReadUnits),
        new(
            "annex-b",
            [
                [0, 0, 0, 1, .. s_h264, 0, 0, 1, .. s_pps],
            ],
            ReadAnnexB
        ),
    ];

    private static byte[] Lengths(params byte[][] nals) => [.. nals.SelectMany(nal => (byte[])[0, 0, 0, (byte)nal.Length, .. nal])];

    private static void ReadAv1(ReadOnlySpan<byte> unit)
    {
        if (Av1Frames.TryGetSequenceHeader(unit, out var header))
        {
            Av1SequenceHeader.TryParse(header, out _);
        }
        Av1SequenceHeader.TryParse(unit, out _);
        Av1Frames.StartsWithKeyFrame(unit);
        for (var rest = unit; Obu.TryRead(rest, out _, out var length) && length > 0; )
        {
            rest = rest[length..];
        }
    }

    private static void ReadUnits(ReadOnlySpan<byte> unit)
    {
        Span<byte> sets = stackalloc byte[ParameterSets.MaxLength];
        foreach (var codec in (ReadOnlySpan<Codec>)[Codec.H264, Codec.H265, Codec.Vp8, Codec.Vp9, Codec.Av1])
        {
            ParameterSets.Collect(codec, unit, sets);
            ParameterSets.TryGetSize(codec, unit, out _, out _);
            VideoProfile.TryRead(codec, unit, out _);
        }
        ParameterSets.TryGetProfileLevelId(unit, out _);
        var importance = new PictureImportance(Codec.H264);
        importance.Learn(unit);
        importance.IsDisposable(unit);
        if (unit.Length < 4096)
        {
            Span<byte> copy = stackalloc byte[unit.Length];
            unit.CopyTo(copy);
            AnnexB.TryConvertFromLengths(copy);
        }
    }

    private static void ReadAnnexB(ReadOnlySpan<byte> stream)
    {
        var reader = new AnnexBReader(stream);
        while (reader.TryRead(out _)) { }
        if (AnnexB.MeasureLengths(stream) is > 0 and < 8192 and var length)
        {
            Span<byte> unit = stackalloc byte[length];
            AnnexB.ConvertToLengths(stream, unit);
        }
    }
}
