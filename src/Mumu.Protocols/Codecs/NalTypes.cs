// The kinds of NAL units that matter to someone who moves video without decoding it.
namespace Mumu.Protocols.Codecs;

/// <summary>H.264 NAL unit types (ITU-T H.264 table 7-1).</summary>
public enum H264NalType : byte
{
    /// <summary>A slice of a picture that is no IDR.</summary>
    Slice = 1,

    /// <summary>A slice of an IDR picture: decoding can start here.</summary>
    IdrSlice = 5,

    /// <summary>Supplemental enhancement information.</summary>
    Sei = 6,

    /// <summary>Sequence parameter set.</summary>
    Sps = 7,

    /// <summary>Picture parameter set.</summary>
    Pps = 8,

    /// <summary>Access unit delimiter.</summary>
    AccessUnitDelimiter = 9,
}

/// <summary>H.265 NAL unit types (ITU-T H.265 table 7-1).</summary>
public enum H265NalType : byte
{
    /// <summary>First of the types at which decoding can start (BLA, IDR, CRA: 16 to 21).</summary>
    FirstRandomAccess = 16,

    /// <summary>Last of the types at which decoding can start (CRA).</summary>
    LastRandomAccess = 21,

    /// <summary>Video parameter set.</summary>
    Vps = 32,

    /// <summary>Sequence parameter set.</summary>
    Sps = 33,

    /// <summary>Picture parameter set.</summary>
    Pps = 34,

    /// <summary>Access unit delimiter.</summary>
    AccessUnitDelimiter = 35,

    /// <summary>Supplemental enhancement information in front of the picture.</summary>
    PrefixSei = 39,
}

/// <summary>Reads NAL unit headers.</summary>
public static class NalHeader
{
    /// <summary>The type of an H.264 NAL unit of at least one byte.</summary>
    public static H264NalType H264Type(ReadOnlySpan<byte> nal) => (H264NalType)(nal[0] & 0x1F);

    /// <summary>The type of an H.265 NAL unit of at least one byte.</summary>
    public static H265NalType H265Type(ReadOnlySpan<byte> nal) => (H265NalType)(nal[0] >> 1 & 0x3F);

    /// <summary>True for a NAL unit of a picture at which decoding can start; false for other codecs than H.264 and H.265.</summary>
    public static bool IsRandomAccess(Codec codec, ReadOnlySpan<byte> nal) =>
        codec switch
        {
            Codec.H264 => H264Type(nal) == H264NalType.IdrSlice,
            Codec.H265 => H265Type(nal) is >= H265NalType.FirstRandomAccess and <= H265NalType.LastRandomAccess,
            _ => false,
        };

    /// <summary>True for a VPS, SPS or PPS; false for other codecs than H.264 and H.265.</summary>
    public static bool IsParameterSet(Codec codec, ReadOnlySpan<byte> nal) =>
        codec switch
        {
            Codec.H264 => H264Type(nal) is H264NalType.Sps or H264NalType.Pps,
            Codec.H265 => H265Type(nal) is H265NalType.Vps or H265NalType.Sps or H265NalType.Pps,
            _ => false,
        };
}
