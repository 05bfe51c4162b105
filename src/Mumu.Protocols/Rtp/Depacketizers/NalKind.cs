// What a depacketiser must know of a NAL unit.
namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>Roles of NAL units, the same for H.264 and H.265.</summary>
internal enum NalKind
{
    /// <summary>Delimiters, SEI and whatever else is passed on.</summary>
    Other,

    /// <summary>VPS, SPS or PPS.</summary>
    ParameterSet,

    /// <summary>A slice of a picture where decoding cannot start.</summary>
    Slice,

    /// <summary>A slice of an intra picture that is a start only together with parameter sets in the same unit.</summary>
    IntraSlice,

    /// <summary>A slice of a random access picture.</summary>
    KeySlice,

    /// <summary>A packet of several NAL units.</summary>
    Aggregation,

    /// <summary>A fragment of one.</summary>
    Fragment,

    /// <summary>A kind that never occurs in the packetisation modes we ask for.</summary>
    Unsupported,
}
