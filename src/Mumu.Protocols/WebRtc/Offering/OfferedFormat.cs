// The formats of an offer of ours, as SDP has them.
using System.Globalization;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.WebRtc.Offering;

/// <summary>One payload type.</summary>
/// <param name="Type">Its number.</param>
/// <param name="Codec">The codec.</param>
/// <param name="Map">The value of rtpmap behind the number.</param>
/// <param name="Parameters">The value of fmtp behind the number; null for none.</param>
/// <param name="Rtx">The number of its retransmissions; null where none are offered.</param>
internal sealed record OfferedFormat(int Type, Codec Codec, string Map, string? Parameters, int? Rtx)
{
    private const string Baseline = "42e01f";

    /// <summary>In which forms a track is offered: as it is, and for H.264 also as what every decoder claims, since they go by the band in the end.</summary>
    internal static IReadOnlyList<OfferedFormat> For(SendTrack track, PayloadTypes types)
    {
        if (track.Codec != Codec.H264)
        {
            return [New(track.Codec, MapOf(track), ParametersOf(track), types)];
        }
        var own = track.Profile?.ToString() ?? Baseline;
        var formats = new List<OfferedFormat> { New(Codec.H264, MapOf(track), H264(own), types) };
        if (own != Baseline)
        {
            formats.Add(New(Codec.H264, MapOf(track), H264(Baseline), types));
        }
        return formats;
    }

    /// <summary>In which forms a codec is taken.</summary>
    internal static IEnumerable<OfferedFormat> Of(Codec codec, PayloadTypes types)
    {
        string?[] parameters = codec switch
        {
            Codec.H264 => [H264(Baseline), H264("4d001f"), H264("640032")],
            Codec.H265 => ["profile-id=1;tier-flag=0;level-id=156"],
            Codec.Vp9 => ["profile-id=0", "profile-id=2"],
            Codec.Av1 => ["profile=0;level-idx=13;tier=0"],
            Codec.Opus => ["minptime=10;useinbandfec=1"],
            _ => [null],
        };
        var clock = codec switch
        {
            Codec.Opus => "48000/2",
            Codec.Pcmu or Codec.Pcma => "8000",
            _ => "90000",
        };
        return parameters.Select(one => New(codec, $"{CodecNames.Write(codec)}/{clock}", one, types));
    }

    private static OfferedFormat New(Codec codec, string map, string? parameters, PayloadTypes types)
    {
        var type = types.Take(codec);
        return new OfferedFormat(type, codec, map, parameters, CodecNames.IsVideo(codec) ? types.TakeRtx() : null);
    }

    private static string H264(string profile) => $"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile}";

    private static string MapOf(SendTrack track) =>
        track.Codec == Codec.Opus
            ? "opus/48000/2"
            : string.Create(CultureInfo.InvariantCulture, $"{CodecNames.Write(track.Codec)}/{track.ClockRate}");

    private static string? ParametersOf(SendTrack track) =>
        (track.Codec, track.Video) switch
        {
            (Codec.H265, { } video) => Invariant($"profile-id={video.Profile};tier-flag={video.Tier};level-id={video.Level};tx-mode=SRST"),
            (Codec.Vp9, _) => Invariant($"profile-id={track.Video?.Profile ?? 0}"),
            (Codec.Av1, { } video) => Invariant($"profile={video.Profile};level-idx={video.Level};tier={video.Tier}"),
            (Codec.Opus, _) => "minptime=10;useinbandfec=1",
            _ => null,
        };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Gives payload types out, each once in an offer, so that they tell the tracks apart.</summary>
internal sealed class PayloadTypes
{
    private int _next = 96;

    internal int Take(Codec codec) =>
        codec switch
        {
            Codec.Pcmu => 0,
            Codec.Pcma => 8,
            _ => _next++,
        };

    internal int TakeRtx() => _next++;
}
