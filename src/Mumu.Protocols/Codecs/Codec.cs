// The compressed formats that units may hold, by the names SDP uses for them.
namespace Mumu.Protocols.Codecs;

/// <summary>A media format; the name in SDP's rtpmap stands beside each member.</summary>
public enum Codec
{
    /// <summary>Nothing we know.</summary>
    Unknown,

    /// <summary>"H264" (RFC 6184).</summary>
    H264,

    /// <summary>"H265" (RFC 7798).</summary>
    H265,

    /// <summary>"VP8" (RFC 7741).</summary>
    Vp8,

    /// <summary>"VP9" (RFC 9628).</summary>
    Vp9,

    /// <summary>"AV1" (AOM RTP specification).</summary>
    Av1,

    /// <summary>"opus" (RFC 7587), always 48 kHz and two channels on the wire.</summary>
    Opus,

    /// <summary>"PCMU" (RFC 3551), 8 kHz.</summary>
    Pcmu,

    /// <summary>"PCMA" (RFC 3551), 8 kHz.</summary>
    Pcma,

    /// <summary>"mpeg4-generic" (RFC 3640) holding AAC.</summary>
    Aac,

    /// <summary>"JPEG" (RFC 2435): motion JPEG, each unit a whole picture as a file holds it.</summary>
    Jpeg,
}
