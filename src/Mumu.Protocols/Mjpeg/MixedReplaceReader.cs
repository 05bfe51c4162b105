// Takes pictures out of multipart/x-mixed-replace, as cameras send motion JPEG over HTTP.
using System.Buffers.Text;
using System.Text;

namespace Mumu.Protocols.Mjpeg;

/// <summary>
/// Reads the parts of a multipart body (RFC 2046 §5.1) that never ends. Cameras differ: some give a length, some do not; some write the dashes into the boundary's name, some end lines with a lone line feed; all
/// of that is taken. What does not begin like a JPEG picture is skipped.
/// </summary>
/// <param name="boundary">The boundary as the Content-Type names it, with or without dashes in front.</param>
public sealed class MixedReplaceReader(string boundary)
{
    /// <summary>Largest picture in bytes.</summary>
    public const int MaxPart = 16 * 1024 * 1024;

    private const int MaxHead = 8 * 1024;
    private const int MaxContentType = 1024;

    // The dashes may or may not belong to the name, so the shortest that is certain is looked for.
    private readonly byte[] _mark = Encoding.ASCII.GetBytes("--" + boundary.TrimStart('-'));
    private byte[] _held = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _looked; // bytes behind the start that hold no boundary
    private int? _length; // of the part, where its header tells
    private bool _isInPart;

    /// <summary>True once bytes came that no picture can be in: a head or a part without end.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Parts that were no JPEG pictures.</summary>
    public long Skipped { get; private set; }

    /// <summary>The boundary that a Content-Type names; null if it is not multipart or names none.</summary>
    public static string? BoundaryOf(string? contentType)
    {
        // Every semicolon of a long one would cost memory.
        if (
            contentType is null
            || contentType.Length > MaxContentType
            || !contentType.TrimStart().StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)
        )
        {
            return null;
        }
        foreach (var parameter in contentType.Split(';').Skip(1))
        {
            var pair = parameter.Split('=', 2);
            if (pair.Length == 2 && pair[0].Trim().Equals("boundary", StringComparison.OrdinalIgnoreCase))
            {
                var name = pair[1].Trim().Trim('"').Trim();
                return name.TrimStart('-').Length is > 0 and <= 200 ? name : null;
            }
        }
        return null;
    }

    /// <summary>Takes bytes in pieces of any size; then read all parts.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken)
        {
            return;
        }
        if (_start > 0)
        {
            _held.AsSpan(_start, _end - _start).CopyTo(_held);
            (_start, _end) = (0, _end - _start);
        }
        if (bytes.Length > MaxPart + MaxHead - _end)
        {
            IsBroken = true;
            return;
        }
        if (bytes.Length > _held.Length - _end)
        {
            Array.Resize(ref _held, Math.Max(_held.Length * 2, _end + bytes.Length));
        }
        bytes.CopyTo(_held.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Gives the next picture, valid until the next <see cref="Receive"/>.</summary>
    public bool TryRead(out ReadOnlySpan<byte> picture)
    {
        picture = default;
        while (!IsBroken)
        {
            if (!_isInPart && !TryReadHead())
            {
                return false;
            }
            if (!TryReadPart(out var part))
            {
                return false;
            }
            if (part.Length > 2 && part[0] == 0xFF && part[1] == 0xD8)
            {
                picture = part;
                return true;
            }
            Skipped++;
        }
        return false;
    }

    private bool TryReadHead()
    {
        var held = _held.AsSpan(_start, _end - _start);
        var mark = held.IndexOf(_mark);
        if (mark < 0)
        {
            // Preamble: only what may be the beginning of a boundary is kept.
            _start += Math.Max(0, held.Length - _mark.Length);
            return false;
        }
        var head = held[mark..];
        var line = head.IndexOf((byte)'\n');
        if (line < 0)
        {
            IsBroken = head.Length > MaxHead;
            return false;
        }
        var fields = head[(line + 1)..];
        var end = EndOfHead(fields, out var skip);
        if (end < 0)
        {
            IsBroken = head.Length > MaxHead;
            return false;
        }
        _length = LengthIn(fields[..end]);
        if (_length > MaxPart)
        {
            IsBroken = true;
            return false;
        }
        _start += mark + line + 1 + end + skip;
        (_isInPart, _looked) = (true, 0);
        return true;
    }

    private bool TryReadPart(out ReadOnlySpan<byte> part)
    {
        part = default;
        var held = _held.AsSpan(_start, _end - _start);
        if (_length is { } length)
        {
            if (held.Length < length)
            {
                return false;
            }
            part = held[..length];
            _start += length;
            _isInPart = false;
            return true;
        }
        var next = held[_looked..].IndexOf(_mark);
        if (next < 0)
        {
            _looked = Math.Max(0, held.Length - _mark.Length);
            IsBroken = held.Length > MaxPart;
            return false;
        }
        next += _looked;
        part = held[..next].TrimEnd((byte)'-'); // of a boundary whose name begins with dashes
        part =
            part.EndsWith("\r\n"u8) ? part[..^2]
            : part.EndsWith("\n"u8) ? part[..^1]
            : part;
        _start += next;
        _isInPart = false;
        return true;
    }

    // Where the empty line begins, and how long it is; a part may have no fields at all.
    private static int EndOfHead(ReadOnlySpan<byte> fields, out int skip)
    {
        skip = 0;
        var at = 0;
        while (true)
        {
            var line = fields[at..].IndexOf((byte)'\n');
            if (line < 0)
            {
                return -1;
            }
            if (fields.Slice(at, line).TrimEnd((byte)'\r').IsEmpty)
            {
                skip = line + 1;
                return at;
            }
            at += line + 1;
        }
    }

    private static int? LengthIn(ReadOnlySpan<byte> fields)
    {
        foreach (var range in fields.Split((byte)'\n'))
        {
            var line = fields[range];
            var colon = line.IndexOf((byte)':');
            if (colon < 0 || !Ascii.EqualsIgnoreCase(line[..colon].Trim((byte)' '), "content-length"u8))
            {
                continue;
            }
            var value = line[(colon + 1)..].Trim(" \t\r"u8);
            if (Utf8Parser.TryParse(value, out uint length, out var used) && used == value.Length)
            {
                return length <= int.MaxValue ? (int)length : int.MaxValue;
            }
        }
        return null;
    }
}
