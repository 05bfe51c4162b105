// Which formats a reader can take.
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Transcoding;

/// <summary>The formats a reader can take, the best of each kind first.</summary>
/// <param name="Video">Pictures; empty for a reader of sound alone.</param>
/// <param name="Audio">Sound; empty for a reader of pictures alone.</param>
public sealed record ReaderFormats(IReadOnlyList<Codec> Video, IReadOnlyList<Codec> Audio)
{
    /// <summary>A browser over WebRTC; <paramref name="h265"/> if its offer has H.265.</summary>
    public static ReaderFormats WebRtc(bool h265) => h265 ? s_webRtcWithH265 : s_webRtc;

    /// <summary>A browser over WebRTC, by its offer.</summary>
    public static ReaderFormats OfOffer(string sdp) => WebRtc(sdp.Contains("H265/90000", StringComparison.OrdinalIgnoreCase));

    /// <summary>HLS: fragmented MP4.</summary>
    public static ReaderFormats Hls { get; } = new([Codec.H264, Codec.H265, Codec.Av1, Codec.Vp9], [Codec.Aac, Codec.Opus]);

    /// <summary>RTMP as old players know it.</summary>
    public static ReaderFormats Rtmp { get; } = new([Codec.H264], [Codec.Aac, Codec.Pcmu, Codec.Pcma]);

    /// <summary>RTMP for a player that names more formats (enhanced RTMP).</summary>
    /// <param name="named">What it names.</param>
    public static ReaderFormats RtmpWith(IReadOnlyList<Codec> named) =>
        named.Count == 0 ? Rtmp : new([.. Rtmp.Video, .. named], [.. Rtmp.Audio, .. named]);

    private static readonly ReaderFormats s_webRtc = new(
        [Codec.H264, Codec.Vp8, Codec.Vp9, Codec.Av1],
        [Codec.Opus, Codec.Pcmu, Codec.Pcma]
    );

    private static readonly ReaderFormats s_webRtcWithH265 = s_webRtc with { Video = [.. s_webRtc.Video, Codec.H265] };
}
