// How well a format that a viewer offers fits a track of ours.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>Compares the parameters of one offered payload type with a stream.</summary>
internal static class FormatMatch
{
    private const int Fits = 100;

    /// <summary>Higher is better; −1: the viewer could not decode it.</summary>
    internal static int Score(FormatParameters offered, SendTrack track) =>
        track.Codec switch
        {
            Codec.H264 => ScoreH264(offered, track),
            Codec.H265 => ScoreH265(offered, track.Video),
            Codec.Vp9 => ScoreVp9(offered, track.Video),
            Codec.Av1 => ScoreAv1(offered, track.Video),
            _ => 0,
        };

    // RFC 6184 §8.1: without packetization-mode it is 0, single NAL units only. Who leaves all parameters out says nothing of the kind and takes fragments (GStreamer does so).
    private static int ScoreH264(FormatParameters offered, SendTrack track)
    {
        var mode = offered.All.Count == 0 ? 1 : offered.Number("packetization-mode", 0);
        return mode switch
        {
            1 => H264Match.Score(offered["profile-level-id"], track.Profile) * 2
                + (offered.All.Count == 0 ? 0 : 1000)
                + (BearsLevel(offered, track.Profile) ? 1 : 0),
            _ => -1,
        };
    }

    // Level 1b (11 with a constraint flag) is passed over: no camera has it.
    private static bool BearsLevel(FormatParameters offered, ProfileLevelId? ours) =>
        offered["level-asymmetry-allowed"] == "1"
        || ours is null
        || (ProfileLevelId.TryParse(offered["profile-level-id"], out var id) && id.LevelIdc >= ours.Value.LevelIdc);

    // RFC 7798 §7.1: absent means main profile, main tier, level 3.1. A decoder of main 10 decodes main. Levels are understated by many, so they only rank.
    private static int ScoreH265(FormatParameters offered, VideoProfile? ours)
    {
        if (offered["tx-mode"] is { } mode && mode != "SRST")
        {
            return -1;
        }
        if (ours is not { } stream)
        {
            return 0;
        }
        var profile = offered.Number("profile-id", 1);
        if (profile != stream.Profile && !(profile == 2 && stream.Profile is 1 or 3))
        {
            return -1;
        }
        var bears = offered.Number("tier-flag", 0) >= stream.Tier && offered.Number("level-id", 93) >= stream.Level;
        return (profile == stream.Profile ? Fits : Fits / 2) + (bears ? 10 : 0);
    }

    // RFC 9628 §6.1: absent means profile 0. Profiles differ in depth and color, so only the same will do.
    private static int ScoreVp9(FormatParameters offered, VideoProfile? ours) =>
        offered.Number("profile-id", 0) == (ours?.Profile ?? 0) ? Fits : -1;

    // RTP payload format for AV1, §7.2: absent means profile 0, level 3.1 (5), main tier. A decoder of a higher profile decodes the lower ones. Levels only rank, as above.
    private static int ScoreAv1(FormatParameters offered, VideoProfile? ours)
    {
        var stream = ours ?? new VideoProfile(0, 5, 0);
        var profile = offered.Number("profile", 0);
        if (profile < stream.Profile)
        {
            return -1;
        }
        var bears = offered.Number("tier", 0) >= stream.Tier && offered.Number("level-idx", 5) >= stream.Level;
        return Fits - 10 * (profile - stream.Profile) + (bears ? 5 : 0);
    }
}
