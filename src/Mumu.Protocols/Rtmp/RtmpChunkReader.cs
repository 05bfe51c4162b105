// Puts messages together from the chunks of a connection (RTMP §5.3).
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtmp;

/// <summary>What <see cref="RtmpChunkReader.Read"/> found.</summary>
internal enum RtmpRead
{
    /// <summary>More bytes are needed.</summary>
    None,

    /// <summary>A message.</summary>
    Message,

    /// <summary>What came is not RTMP, or too much.</summary>
    Error,
}

/// <summary>Takes bytes in pieces of any length, gives whole messages. A message's memory grows with what has come, not with what was promised.</summary>
internal sealed class RtmpChunkReader
{
    private const uint Extended = 0xFFFFFF;
    private readonly Dictionary<int, RtmpLane> _lanes = [];
    private byte[] _buffer = new byte[2048];
    private int _start;
    private int _end;
    private RtmpLane? _current; // within a chunk of it
    private RtmpLane? _told; // its message was given at the last call
    private int _left; // bytes of the chunk still to come
    private int _unfinished;

    /// <summary>The size of the peer's chunks.</summary>
    internal int ChunkSize { get; set; } = 128;

    /// <summary>True once the peer may send media.</summary>
    internal bool AllowsMedia { get; set; }

    /// <summary>Takes bytes.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _end)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (bytes.Length > _buffer.Length - _end)
            {
                Array.Resize(ref _buffer, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(_end + bytes.Length)));
            }
        }
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Takes bytes from in front of the chunks: the handshake's. False if there are not so many yet.</summary>
    internal bool TryTake(int length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_end - _start < length)
        {
            return false;
        }
        bytes = _buffer.AsSpan(_start, length);
        _start += length;
        return true;
    }

    /// <summary>Forgets what has come of a message (Abort).</summary>
    internal void Abort(int chunkStream)
    {
        if (_lanes.TryGetValue(chunkStream, out var lane))
        {
            Clear(lane);
        }
    }

    /// <summary>Reads the next message.</summary>
    internal RtmpRead Read(out RtmpMessage message)
    {
        message = default;
        if (_told is { } told)
        {
            Clear(told);
            _told = null;
        }
        while (true)
        {
            if (_current is not { } lane)
            {
                var found = ReadHeader();
                if (found != RtmpRead.Message)
                {
                    return found;
                }
                continue;
            }
            var piece = Unread[..Math.Min(_left, _end - _start)];
            lane.Fill(piece);
            _start += piece.Length;
            _left -= piece.Length;
            _unfinished += piece.Length;
            if (_unfinished > RtmpLimits.Unfinished)
            {
                return RtmpRead.Error;
            }
            if (_left > 0)
            {
                return RtmpRead.None;
            }
            _current = null;
            if (lane.IsWhole)
            {
                _told = lane;
                message = new RtmpMessage((RtmpMessageType)lane.Type, lane.StreamId, lane.Time, lane.Body);
                return RtmpRead.Message;
            }
        }
    }

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    private void Clear(RtmpLane lane)
    {
        _unfinished -= lane.Filled;
        lane.Clear();
    }

    // Message: a header was read, and a chunk's bytes follow.
    private RtmpRead ReadHeader()
    {
        var bytes = Unread;
        if (!TryReadBasic(bytes, out var format, out var id, out var at))
        {
            return RtmpRead.None;
        }
        ReadOnlySpan<byte> lengths = [11, 7, 3, 0];
        var fields = bytes[at..];
        if (fields.Length < lengths[format])
        {
            return RtmpRead.None;
        }
        at += lengths[format];
        var isKnown = _lanes.TryGetValue(id, out var lane);
        if ((!isKnown && (format >= 2 || _lanes.Count >= RtmpLimits.ChunkStreams)) || (isKnown && lane!.Filled > 0 && format != 3))
        {
            return RtmpRead.Error;
        }
        lane ??= new RtmpLane();
        var time = format == 3 ? 0 : (uint)(fields[0] << 16 | fields[1] << 8 | fields[2]);
        var isExtended = format == 3 ? lane.IsExtended : time == Extended;
        if (isExtended)
        {
            if (bytes.Length < at + 4)
            {
                return RtmpRead.None;
            }
            time = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            // The specification repeats it in every chunk, but not every sender does.
            at += format == 3 && time != lane.ExtendedTime ? 0 : 4;
            time = format == 3 ? lane.ExtendedTime : time;
        }
        if (format <= 1)
        {
            lane.Length = fields[3] << 16 | fields[4] << 8 | fields[5];
            lane.Type = fields[6];
        }
        if (format == 0)
        {
            lane.StreamId = BinaryPrimitives.ReadUInt32LittleEndian(fields[7..]);
        }
        if (lane.Length > MostOf((RtmpMessageType)lane.Type))
        {
            return RtmpRead.Error;
        }
        lane.TakeTime(format, time, isExtended);
        if (!isKnown)
        {
            _lanes.Add(id, lane);
        }
        _start += at;
        _current = lane;
        _left = Math.Min(ChunkSize, lane.Length - lane.Filled);
        return RtmpRead.Message;
    }

    private int MostOf(RtmpMessageType type) =>
        AllowsMedia && type is RtmpMessageType.Audio or RtmpMessageType.Video ? RtmpLimits.Media : RtmpLimits.Command;

    private static bool TryReadBasic(ReadOnlySpan<byte> bytes, out int format, out int id, out int length)
    {
        (format, id, length) = (0, 0, 1);
        if (bytes.IsEmpty)
        {
            return false;
        }
        format = bytes[0] >> 6;
        id = bytes[0] & 0x3F;
        length = id switch
        {
            0 => 2,
            1 => 3,
            _ => 1,
        };
        if (bytes.Length < length)
        {
            return false;
        }
        id = length switch
        {
            2 => 64 + bytes[1],
            3 => 64 + bytes[1] + (bytes[2] << 8),
            _ => id,
        };
        return true;
    }
}
