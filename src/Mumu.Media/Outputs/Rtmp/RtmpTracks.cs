// The tracks of a stream as RTMP carries them, and what is said of them before the first frame.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>The first video and the first audio track that RTMP can carry: a message of it has room for one of each.</summary>
internal sealed class RtmpTracks
{
    internal RtmpTracks(IReadOnlyList<TrackFormat> formats)
    {
        VideoIndex = IndexOf(formats, MediaKind.Video);
        AudioIndex = IndexOf(formats, MediaKind.Audio);
        Video = VideoIndex < 0 ? null : formats[VideoIndex];
        Audio = AudioIndex < 0 ? null : formats[AudioIndex];
    }

    internal TrackFormat? Video { get; }

    internal TrackFormat? Audio { get; }

    internal int VideoIndex { get; }

    internal int AudioIndex { get; }

    internal bool IsEmpty => Video is null && Audio is null;

    /// <summary>True if who plays these tracks can go on with those: a new description goes ahead of them.</summary>
    internal bool IsSameAs(RtmpTracks other) =>
        (VideoIndex, AudioIndex, Video?.Codec, Audio?.Codec)
        == (other.VideoIndex, other.AudioIndex, other.Video?.Codec, other.Audio?.Codec);

    /// <summary>Metadata and the decoders' configurations, as whole messages.</summary>
    internal byte[] Describe(uint streamId, uint time)
    {
        var output = new List<byte>();
        Add(output, RtmpMessageType.DataAmf0, streamId, time, [], AmfWriter.Write(AmfValue.Of("onMetaData"), Metadata()));
        Span<byte> head = stackalloc byte[FlvVideoTag.MaxHeader];
        if (Video is { } video && DecoderConfiguration.Write(video.Codec, video.Configuration.Span) is { } record)
        {
            var length = FlvVideoTag.WriteHeader(head, video.Codec, isConfiguration: true, isKeyFrame: true, 0);
            Add(output, RtmpMessageType.Video, streamId, time, head[..length], record);
        }
        if (Audio is { Codec: Codec.Aac or Codec.Opus } audio)
        {
            var length = FlvAudioTag.WriteHeader(head, audio.Codec, isConfiguration: true, audio.Channels);
            var configuration = audio.Codec == Codec.Opus ? OpusHead.Write(audio.Channels) : audio.Configuration.Span;
            Add(output, RtmpMessageType.Audio, streamId, time, head[..length], configuration);
        }
        return [.. output];
    }

    private AmfValue Metadata()
    {
        var members = new List<(string, AmfValue)>();
        if (Video is { } video)
        {
            if (ParameterSets.TryGetSize(video.Codec, video.Configuration.Span, out var width, out var height))
            {
                members.Add(("width", AmfValue.Of(width)));
                members.Add(("height", AmfValue.Of(height)));
            }
            members.Add(("videocodecid", AmfValue.Of(video.Codec == Codec.H264 ? 7 : FourCc.NumberOf(video.Codec))));
        }
        if (Audio is { } audio)
        {
            double id = audio.Codec switch
            {
                Codec.Pcma => 7,
                Codec.Pcmu => 8,
                Codec.Aac => 10,
                _ => FourCc.NumberOf(audio.Codec),
            };
            members.Add(("audiocodecid", AmfValue.Of(id)));
            members.Add(("audiosamplerate", AmfValue.Of(audio.ClockRate)));
            members.Add(("stereo", AmfValue.Of(audio.Channels > 1)));
        }
        return AmfValue.Of(members);
    }

    private static void Add(
        List<byte> output,
        RtmpMessageType type,
        uint streamId,
        uint time,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body
    )
    {
        var bytes = new byte[RtmpChunks.Measure(head.Length + body.Length, time)];
        var chunkStream = type == RtmpMessageType.Video ? RtmpChunks.VideoStream : RtmpChunks.AudioStream;
        RtmpChunks.Write(bytes, chunkStream, type, streamId, time, head, body);
        output.AddRange(bytes);
    }

    private static int IndexOf(IReadOnlyList<TrackFormat> formats, MediaKind kind)
    {
        for (var i = 0; i < formats.Count; i++)
        {
            if (formats[i].Kind == kind && IsCarried(formats[i]))
            {
                return i;
            }
        }
        return -1;
    }

    // Players take G.711 for 8 kHz, whatever it is.
    private static bool IsCarried(TrackFormat format) =>
        format.Codec switch
        {
            Codec.H264 or Codec.H265 or Codec.Av1 or Codec.Vp9 or Codec.Vp8 or Codec.Opus => true,
            Codec.Aac => format.Configuration.Length > 0,
            Codec.Pcma or Codec.Pcmu => format.ClockRate == 8000,
            _ => false,
        };
}
