// The tracks of a stream as RTSP carries them: which packetiser, which words in the description.
using System.Globalization;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp.Packetizers;
using Mumu.Protocols.Sdp;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>One track that RTSP can carry.</summary>
/// <param name="Index">Its index in the stream.</param>
/// <param name="Format">Its format.</param>
/// <param name="Packetizer">Cuts its units.</param>
/// <param name="PayloadType">Its payload type.</param>
internal sealed record RtspOutTrack(int Index, TrackFormat Format, IRtpPacketizer Packetizer, byte PayloadType);

/// <summary>All tracks of a stream that RTSP can carry, in the order in which clients number them.</summary>
internal sealed class RtspTracks
{
    private const byte FirstDynamicType = 96;
    private readonly int[] _numbers;

    internal RtspTracks(IReadOnlyList<TrackFormat> formats)
    {
        _numbers = [.. Enumerable.Repeat(-1, formats.Count)];
        var tracks = new List<RtspOutTrack>();
        for (var i = 0; i < formats.Count; i++)
        {
            if (RtpPacketizer.For(formats[i].Codec) is { } packetizer)
            {
                _numbers[i] = tracks.Count;
                tracks.Add(new RtspOutTrack(i, formats[i], packetizer, TypeOf(formats[i], tracks.Count)));
            }
        }
        All = tracks;
        Main = Math.Max(0, tracks.FindIndex(t => t.Format.Kind == MediaKind.Video));
    }

    internal IReadOnlyList<RtspOutTrack> All { get; }

    /// <summary>Number of the track that leads: the first video track, else the first.</summary>
    internal int Main { get; }

    /// <summary>Number of a track of the stream; −1 if RTSP does not carry it.</summary>
    internal int NumberOf(int index) => (uint)index < (uint)_numbers.Length ? _numbers[index] : -1;

    /// <summary>True if who was told these tracks can go on with those: parameter sets travel in the band.</summary>
    internal bool IsSameAs(RtspTracks other) =>
        All.Count == other.All.Count
        && All.Zip(other.All).All(pair => Bare(pair.First.Format) == Bare(pair.Second.Format) && pair.First.Index == pair.Second.Index)
        && All.Zip(other.All)
            .All(pair =>
                pair.First.Format.Codec != Codec.Aac
                || pair.First.Format.Configuration.Span.SequenceEqual(pair.Second.Format.Configuration.Span)
            );

    /// <summary>The description that DESCRIBE answers.</summary>
    internal SessionDescription Describe(string name)
    {
        var description = new SessionDescription { Name = name, Connection = "IN IP4 0.0.0.0" };
        description.Attributes.Add("range", "npt=now-");
        foreach (var track in All)
        {
            var type = track.PayloadType.ToString(CultureInfo.InvariantCulture);
            var media = new MediaDescription
            {
                Kind = track.Format.Kind == MediaKind.Video ? "video" : "audio",
                Port = 0,
                Protocol = "RTP/AVP",
                Formats = [type],
            };
            media.Attributes.Add("rtpmap", $"{type} {MapOf(track.Format)}");
            if (ParametersOf(track.Format) is { } parameters)
            {
                media.Attributes.Add("fmtp", $"{type} {parameters}");
            }
            description.Media.Add(media);
        }
        return description;
    }

    private static string MapOf(TrackFormat format) =>
        format.Codec switch
        {
            Codec.Aac => string.Create(CultureInfo.InvariantCulture, $"mpeg4-generic/{format.ClockRate}/{Math.Max(1, format.Channels)}"),
            Codec.Opus => "opus/48000/2",
            Codec.Pcmu => string.Create(CultureInfo.InvariantCulture, $"PCMU/{format.ClockRate}/{Math.Max(1, format.Channels)}"),
            Codec.Pcma => string.Create(CultureInfo.InvariantCulture, $"PCMA/{format.ClockRate}/{Math.Max(1, format.Channels)}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{format.Codec.ToString().ToUpperInvariant()}/{format.ClockRate}"),
        };

    private static string? ParametersOf(TrackFormat format)
    {
        var configuration = format.Configuration.Span;
        switch (format.Codec)
        {
            case Codec.H264:
                var profile = ParameterSets.TryGetProfileLevelId(configuration, out var id) ? $"; profile-level-id={id}" : "";
                var sets = string.Join(',', NalsOf(configuration).Select(Convert.ToBase64String));
                return $"packetization-mode=1{profile}{(sets.Length > 0 ? $"; sprop-parameter-sets={sets}" : "")}";
            case Codec.H265:
                var groups = NalsOf(configuration).ToLookup(nal => (nal[0] >> 1) & 0x3F, Convert.ToBase64String);
                string[] parts = [Set("sprop-vps", 32), Set("sprop-sps", 33), Set("sprop-pps", 34)];
                var all = string.Join("; ", parts.Where(p => p.Length > 0));
                return all.Length > 0 ? all : null;

                string Set(string word, int type) => groups.Contains(type) ? $"{word}={string.Join(',', groups[type])}" : "";
            case Codec.Aac:
                return $"profile-level-id=1; mode=AAC-hbr; sizelength=13; indexlength=3; indexdeltalength=3; config={Convert.ToHexString(configuration)}";
            case Codec.Opus:
                return $"sprop-stereo={(format.Channels == 1 ? 0 : 1)}";
            default:
                return null;
        }
    }

    private static List<byte[]> NalsOf(ReadOnlySpan<byte> units)
    {
        var all = new List<byte[]>();
        var reader = new NalReader(units);
        while (reader.TryRead(out var nal))
        {
            if (!nal.IsEmpty)
            {
                all.Add(nal.ToArray());
            }
        }
        return all;
    }

    private static byte TypeOf(TrackFormat format, int number) =>
        format switch
        {
            { Codec: Codec.Pcmu, ClockRate: 8000, Channels: <= 1 } => 0,
            { Codec: Codec.Pcma, ClockRate: 8000, Channels: <= 1 } => 8,
            _ => (byte)(FirstDynamicType + number),
        };

    private static TrackFormat Bare(TrackFormat format) => format with { Configuration = default };
}
