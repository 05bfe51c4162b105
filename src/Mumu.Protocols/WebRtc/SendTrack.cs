// What we have to send, as the negotiation needs to know it.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.WebRtc;

/// <summary>A track of ours that a viewer may get.</summary>
/// <param name="Codec">Its format.</param>
/// <param name="ClockRate">RTP clock, ticks a second.</param>
/// <param name="Channels">Audio channels; 0 for video.</param>
/// <param name="Profile">H.264: profile and level of its SPS; null if unknown.</param>
/// <param name="Video">H.265, VP9, AV1: profile, level and tier; null if unknown.</param>
public sealed record SendTrack(Codec Codec, int ClockRate, int Channels, ProfileLevelId? Profile = null, VideoProfile? Video = null)
{
    /// <summary>True for pictures.</summary>
    public bool IsVideo => Negotiation.CodecNames.IsVideo(Codec);
}
