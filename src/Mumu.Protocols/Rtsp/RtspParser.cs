// Cuts the bytes of a connection into messages and interleaved packets, in pieces of any size.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtsp;

/// <summary>What <see cref="RtspParser.Read"/> found.</summary>
internal enum RtspToken
{
    /// <summary>Nothing whole: append more.</summary>
    None,

    /// <summary>A request or response: <see cref="RtspParser.Message"/>.</summary>
    Message,

    /// <summary>An interleaved packet (RFC 2326 §10.12): <see cref="RtspParser.Channel"/> and <see cref="RtspParser.Payload"/>.</summary>
    Interleaved,

    /// <summary>The bytes can't be RTSP; the connection is of no more use.</summary>
    Error,
}

/// <summary>
/// A resumable reader. Bytes between messages that belong to none are passed over and counted (some cameras pad bodies or cut packets short): behind them only what surely is a message or an RTP packet is believed.
/// </summary>
internal sealed class RtspParser(int room = 16 * 1024)
{
    private byte[] _buffer = new byte[room];
    private int _start;
    private int _end;
    private int _scanned; // bytes from _start in which no end of the head was found
    private int _junkInARow;
    private RtspMessage? _pending; // a message whose head is taken and whose body is not whole yet

    internal RtspMessage Message { get; private set; } = null!;

    internal int Channel { get; private set; }

    internal ReadOnlySpan<byte> Payload => _buffer.AsSpan(_payloadStart, _payloadLength);

    /// <summary>Bytes passed over.</summary>
    internal long Junk { get; private set; }

    private int _payloadStart;
    private int _payloadLength;

    private ReadOnlySpan<byte> Rest => _buffer.AsSpan(_start, _end - _start);

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _end)
        {
            Rest.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (bytes.Length > _buffer.Length - _end)
            {
                Array.Resize(ref _buffer, Math.Max(_end + bytes.Length, _buffer.Length * 2));
            }
        }
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Reads on. What it returns is valid until the next <see cref="Append"/>.</summary>
    internal RtspToken Read()
    {
        while (true)
        {
            if (_pending is not null)
            {
                return ReadBody();
            }
            if (_start == _end)
            {
                (_start, _end) = (0, 0);
                return RtspToken.None;
            }
            var rest = Rest;
            if (rest[0] == '$' && LooksInterleaved(rest) is var interleaved && interleaved != Looks.Wrong)
            {
                return interleaved == Looks.Right && TakeInterleaved(rest) ? RtspToken.Interleaved : RtspToken.None;
            }
            if (rest[0] != '$' && LooksLikeMessage(rest) is var message && message != Looks.Wrong)
            {
                if (message == Looks.Unknown || !TryFindHeadEnd(rest, out var head))
                {
                    return rest.Length > RtspLimits.Head ? RtspToken.Error : RtspToken.None;
                }
                if (RtspMessage.TryParseHead(rest[..head], out _pending))
                {
                    if (_pending.HasTooManyHeaders)
                    {
                        return RtspToken.Error;
                    }
                    _start += head;
                    (_scanned, _junkInARow) = (0, 0);
                    continue;
                }
                _pending = null;
            }
            if (!Skip(rest[0]))
            {
                return RtspToken.Error;
            }
        }
    }

    private enum Looks
    {
        Right,
        Wrong,
        Unknown,
    }

    private RtspToken ReadBody()
    {
        var length = _pending!.BodyLength;
        if (length < 0)
        {
            return RtspToken.Error;
        }
        if (Rest.Length < length)
        {
            return RtspToken.None;
        }
        _pending.SetBody(Rest[..length]);
        _start += length;
        (Message, _pending) = (_pending, null);
        return RtspToken.Message;
    }

    // At a boundary every '$' starts a packet; behind junk only one that holds RTP or RTCP on a low channel.
    private Looks LooksInterleaved(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < (_junkInARow == 0 ? 4 : 5))
        {
            return Looks.Unknown;
        }
        return _junkInARow == 0 || (rest[1] < 16 && rest[4] >> 6 == 2) ? Looks.Right : Looks.Wrong;
    }

    private bool TakeInterleaved(ReadOnlySpan<byte> rest)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (rest.Length < 4 + length)
        {
            return false;
        }
        Channel = rest[1];
        (_payloadStart, _payloadLength) = (_start + 4, length);
        _start += 4 + length;
        (_scanned, _junkInARow) = (0, 0);
        return true;
    }

    // "RTSP/1.0 200 OK" or "METHOD address RTSP/1.0": a word of capitals comes first.
    private Looks LooksLikeMessage(ReadOnlySpan<byte> rest)
    {
        if (_junkInARow > 0)
        {
            var name = "RTSP/1."u8;
            return rest.Length >= name.Length ? (rest.StartsWith(name) ? Looks.Right : Looks.Wrong)
                : name.StartsWith(rest) ? Looks.Unknown
                : Looks.Wrong;
        }
        var word = rest.IndexOfAnyExceptInRange((byte)'A', (byte)'Z');
        return word switch
        {
            < 0 => rest.Length > 24 ? Looks.Wrong : Looks.Unknown,
            0 => Looks.Wrong,
            _ => word <= 24 && rest[word] is (byte)' ' or (byte)'/' or (byte)'_' ? Looks.Right : Looks.Wrong,
        };
    }

    // The head ends at the first empty line, whether lines end in CR LF or in LF.
    private bool TryFindHeadEnd(ReadOnlySpan<byte> rest, out int end)
    {
        var at = Math.Max(0, _scanned - 2);
        while (rest[at..].IndexOf((byte)'\n') is >= 0 and var newline)
        {
            at += newline + 1;
            var next = rest[at..];
            if (next.StartsWith("\n"u8) || next.StartsWith("\r\n"u8))
            {
                end = at + (next[0] == '\n' ? 1 : 2);
                return end <= RtspLimits.Head;
            }
        }
        _scanned = rest.Length;
        end = 0;
        return false;
    }

    private bool Skip(byte skipped)
    {
        _start++;
        _scanned = 0;
        // Blank lines between messages are allowed everywhere and make no one suspicious.
        if (_junkInARow == 0 && skipped is (byte)'\r' or (byte)'\n' or (byte)' ' or 0)
        {
            return true;
        }
        Junk++;
        return ++_junkInARow <= RtspLimits.Junk;
    }
}
