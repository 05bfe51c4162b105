// Cuts messages into chunks (RTMP §5.3).
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtmp;

/// <summary>Writes messages as chunks, each with a whole header (format 0), so that what is written depends on nothing that was written before and serves every reader alike.</summary>
public static class RtmpChunks
{
    /// <summary>The size of our chunks, once announced.</summary>
    public const int Size = 64 * 1024;

    /// <summary>The chunk stream of protocol control (RTMP §5.4).</summary>
    public const int ControlStream = 2;

    /// <summary>The chunk stream of commands.</summary>
    public const int CommandStream = 3;

    /// <summary>The chunk stream of sound.</summary>
    public const int AudioStream = 4;

    /// <summary>The chunk stream of the picture.</summary>
    public const int VideoStream = 6;

    private const uint Extended = 0xFFFFFF;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="length">Bytes of the message.</param>
    /// <param name="timestamp">Its time in milliseconds.</param>
    /// <param name="chunkSize">The size of our chunks.</param>
    public static int Measure(int length, uint timestamp, int chunkSize = Size)
    {
        var more = length == 0 ? 0 : (length - 1) / chunkSize;
        var extension = timestamp >= Extended ? 4 : 0;
        return 12 + extension + length + more * (1 + extension);
    }

    /// <summary>Writes a message that stands in two parts; returns the bytes.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <param name="chunkStream">2–63.</param>
    /// <param name="type">Its type.</param>
    /// <param name="streamId">The stream it belongs to; 0 for the connection.</param>
    /// <param name="timestamp">Its time in milliseconds.</param>
    /// <param name="head">The first part.</param>
    /// <param name="body">The second part.</param>
    /// <param name="chunkSize">The size of our chunks.</param>
    public static int Write(
        Span<byte> destination,
        int chunkStream,
        RtmpMessageType type,
        uint streamId,
        uint timestamp,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body,
        int chunkSize = Size
    )
    {
        var length = head.Length + body.Length;
        var isExtended = timestamp >= Extended;
        destination[0] = (byte)chunkStream;
        Write24(destination[1..], isExtended ? Extended : timestamp);
        Write24(destination[4..], (uint)length);
        destination[7] = (byte)type;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], streamId);
        var at = 12;
        for (var written = 0; ; )
        {
            if (isExtended)
            {
                BinaryPrimitives.WriteUInt32BigEndian(destination[at..], timestamp);
                at += 4;
            }
            var room = Math.Min(chunkSize, length - written);
            written += room;
            Move(ref head, ref room, destination, ref at);
            Move(ref body, ref room, destination, ref at);
            if (written == length)
            {
                return at;
            }
            destination[at++] = (byte)(0xC0 | chunkStream);
        }
    }

    internal static void Write24(Span<byte> destination, uint value)
    {
        destination[0] = (byte)(value >> 16);
        destination[1] = (byte)(value >> 8);
        destination[2] = (byte)value;
    }

    private static void Move(ref ReadOnlySpan<byte> from, ref int room, Span<byte> destination, ref int at)
    {
        var piece = Math.Min(room, from.Length);
        from[..piece].CopyTo(destination[at..]);
        from = from[piece..];
        room -= piece;
        at += piece;
    }
}
