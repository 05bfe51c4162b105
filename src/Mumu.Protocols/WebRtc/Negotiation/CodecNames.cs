// Codecs by the names SDP has for them.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>The words of rtpmap.</summary>
internal static class CodecNames
{
    /// <summary>The codec an rtpmap names; Unknown for one we have no word for.</summary>
    internal static Codec Read(in RtpMap map) =>
        map.Encoding.ToUpperInvariant() switch
        {
            "H264" => Codec.H264,
            "H265" or "HEVC" => Codec.H265,
            "VP8" => Codec.Vp8,
            "VP9" => Codec.Vp9,
            "AV1" => Codec.Av1,
            "OPUS" => Codec.Opus,
            "PCMU" => Codec.Pcmu,
            "PCMA" => Codec.Pcma,
            _ => Codec.Unknown,
        };

    /// <summary>The name as people and SDP write it.</summary>
    internal static string Write(Codec codec) =>
        codec switch
        {
            Codec.Opus => "opus",
            Codec.Aac => "AAC",
            _ => codec.ToString().ToUpperInvariant(),
        };

    /// <summary>True for pictures.</summary>
    internal static bool IsVideo(Codec codec) => codec is Codec.H264 or Codec.H265 or Codec.Vp8 or Codec.Vp9 or Codec.Av1;
}
