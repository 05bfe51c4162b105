// Which tracks of a stream go to viewers, and how they are cut into packets.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp.Packetizers;
using Mumu.Protocols.WebRtc;

namespace Mumu.Media.WebRtc;

/// <summary>
/// A viewer gets at most one video and one audio track: the first of each that WebRTC can carry. Slot 0 and up number them in that order, video first.
/// </summary>
internal sealed class StreamTracks
{
    private readonly int[] _slots;
    private readonly IRtpPacketizer[] _packetizers;

    internal StreamTracks(IReadOnlyList<TrackFormat> formats)
    {
        _slots = [.. Enumerable.Repeat(-1, formats.Count)];
        var tracks = new List<SendTrack>();
        var packetizers = new List<IRtpPacketizer>();
        foreach (var kind in new[] { MediaKind.Video, MediaKind.Audio })
        {
            for (var i = 0; i < formats.Count; i++)
            {
                if (formats[i].Kind == kind && PacketizerFor(formats[i].Codec) is { } packetizer)
                {
                    _slots[i] = tracks.Count;
                    tracks.Add(Describe(formats[i]));
                    packetizers.Add(packetizer);
                    break;
                }
            }
        }
        Tracks = tracks;
        _packetizers = [.. packetizers];
    }

    /// <summary>The tracks by slot.</summary>
    internal IReadOnlyList<SendTrack> Tracks { get; }

    internal bool HasVideo => Tracks.Count > 0 && Tracks[0].IsVideo;

    /// <summary>The slot of a track of the stream, −1 if it does not go to viewers.</summary>
    internal int SlotOf(int track) => (uint)track < (uint)_slots.Length ? _slots[track] : -1;

    internal IRtpPacketizer PacketizerOf(int slot) => _packetizers[slot];

    /// <summary>True if a viewer who agreed to these tracks can go on with those.</summary>
    internal bool IsSameAs(StreamTracks other) =>
        Tracks.Count == other.Tracks.Count && Tracks.Zip(other.Tracks).All(pair => Bare(pair.First) == Bare(pair.Second));

    // Decoders follow a change of H.264's and H.265's profile; VP9's and AV1's were agreed to.
    private static SendTrack Bare(SendTrack track) =>
        track with
        {
            Profile = null,
            Video = track is { Codec: Codec.Vp9 or Codec.Av1, Video: { } video } ? new VideoProfile(video.Profile, 0, 0) : null,
        };

    private static SendTrack Describe(TrackFormat format) =>
        new(
            format.Codec,
            format.ClockRate,
            format.Channels,
            format.Codec == Codec.H264 && ParameterSets.TryGetProfileLevelId(format.Configuration.Span, out var id) ? id : null,
            VideoProfile.TryRead(format.Codec, format.Configuration.Span, out var profile) ? profile : null
        );

    // WebRTC has no AAC (RFC 7874 §3).
    private static IRtpPacketizer? PacketizerFor(Codec codec) => codec == Codec.Aac ? null : RtpPacketizer.For(codec);
}
