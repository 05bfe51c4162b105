// One message in the form of the connection, shared by all readers of a stream.
using System.Buffers;
using Mumu.Media.Outputs.Connections;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>A unit as the chunks of one message, or what players have to know before: one write for each reader. Read-only once published, counted references, bytes pooled.</summary>
internal sealed class RtmpFrame : ISharedBytes
{
    private readonly bool _isPooled;
    private byte[] _bytes = [];
    private int _length;
    private int _references = 1;

    private RtmpFrame(bool isPooled) => _isPooled = isPooled;

    /// <summary>Place in the feed, over all tracks, from 0 without gaps.</summary>
    internal long Number { get; set; }

    /// <summary>True where readers may start: a key frame of the main track.</summary>
    internal bool StartsGroup { get; private init; }

    /// <summary>True for what describes the tracks: every reader has to get it before what follows.</summary>
    internal bool IsDescription { get; private init; }

    internal int Length => _length;

    /// <inheritdoc />
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>Wraps bytes that describe the tracks.</summary>
    internal static RtmpFrame Describe(byte[] bytes) =>
        new(false)
        {
            _bytes = bytes,
            _length = bytes.Length,
            IsDescription = true,
        };

    /// <summary>Writes a tag; the caller holds the one reference.</summary>
    internal static RtmpFrame Write(
        bool isVideo,
        bool startsGroup,
        uint streamId,
        uint time,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body
    )
    {
        var length = RtmpChunks.Measure(head.Length + body.Length, time);
        var frame = new RtmpFrame(true) { StartsGroup = startsGroup };
        frame._bytes = ArrayPool<byte>.Shared.Rent(length);
        frame._length = RtmpChunks.Write(
            frame._bytes,
            isVideo ? RtmpChunks.VideoStream : RtmpChunks.AudioStream,
            isVideo ? RtmpMessageType.Video : RtmpMessageType.Audio,
            streamId,
            time,
            head,
            body
        );
        return frame;
    }

    /// <inheritdoc />
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <inheritdoc />
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0 && _isPooled)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
