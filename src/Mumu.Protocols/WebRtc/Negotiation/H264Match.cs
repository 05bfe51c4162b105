// How well a viewer's H.264 fits ours.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>Compares an offered profile-level-id (RFC 6184 §8.1) with a stream's.</summary>
internal static class H264Match
{
    // What a missing parameter means: Baseline, level 1.
    private static readonly ProfileLevelId s_absent = new(0x42, 0, 0x0A);

    /// <summary>Higher is better; no H.264 is refused outright, since decoders go by the SPS in the end.</summary>
    internal static int Score(string? offered, ProfileLevelId? ours)
    {
        var theirs = Rank(ProfileLevelId.TryParse(offered, out var id) ? id : s_absent);
        if (ours is not { } stream)
        {
            return theirs == 0 ? 1 : 0; // Unknown: the profile every decoder has is the likeliest.
        }
        var distance = theirs - Rank(stream);
        // The same profile first, then the nearest that includes ours, then any.
        return distance == 0 ? 100
            : distance > 0 ? 50 - distance
            : 10 + distance;
    }

    // Each decoder takes what stands before it.
    private static int Rank(ProfileLevelId id) =>
        id.Profile switch
        {
            H264Profile.ConstrainedBaseline => 0,
            H264Profile.Baseline => 1,
            H264Profile.Main => 2,
            H264Profile.ConstrainedHigh => 3,
            H264Profile.High => 4,
            _ => 5,
        };
}
