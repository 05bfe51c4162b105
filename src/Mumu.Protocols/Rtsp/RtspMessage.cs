// An RTSP message: start line, headers, body.
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Mumu.Protocols.Rtsp;

/// <summary>A request or a response (RFC 2326 §4–7).</summary>
internal sealed class RtspMessage
{
    private readonly List<(string Name, string Value)> _headers = [];

    /// <summary>Status of a response; 0 for a request.</summary>
    internal int Status { get; private init; }

    /// <summary>Reason phrase of a response.</summary>
    internal string Reason { get; private init; } = "";

    /// <summary>Method of a request; empty for a response.</summary>
    internal string Method { get; private init; } = "";

    /// <summary>Address of a request as it stands; empty for a response.</summary>
    internal string Uri { get; private init; } = "";

    /// <summary>True if the start line names version 1.0.</summary>
    internal bool IsVersion1 { get; private init; } = true;

    internal string Body { get; private set; } = "";

    /// <summary>Sequence number, or null when it is missing or no number.</summary>
    internal int? CSeq => Number("CSeq");

    /// <summary>True if headers were left out because there are more than <see cref="RtspLimits.Headers"/>: nobody honest sends such a message.</summary>
    internal bool HasTooManyHeaders { get; private set; }

    /// <summary>First value of a header, compared without case; null when it is missing.</summary>
    internal string? Get(string name) =>
        _headers.Find(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Name: not null } found
            ? found.Value
            : null;

    internal IEnumerable<string> GetAll(string name) =>
        _headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    /// <summary>Bytes of body the headers announce: 0 when they don't, −1 when it is nonsense or too much.</summary>
    internal int BodyLength =>
        Get("Content-Length") is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= RtspLimits.Body ? length
        : -1;

    internal void SetBody(ReadOnlySpan<byte> bytes) => Body = Encoding.UTF8.GetString(bytes);

    /// <summary>Reads start line and headers; false when the start line is none of RTSP's.</summary>
    internal static bool TryParseHead(ReadOnlySpan<byte> head, out RtspMessage message)
    {
        // The first line alone decides whether the rest is worth reading: damaged streams are full of what only looks like a message.
        var newline = head.IndexOf((byte)'\n');
        var first = newline < 0 ? head : head[..newline];
        if (!TryParseStart(first.Trim(Blanks), out message))
        {
            return false;
        }
        var text = Encoding.UTF8.GetString(head[first.Length..]).ToCharArray();
        Unfold(text);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            message.AddHeader(line);
        }
        return true;
    }

    // Nothing is made of a line that is no start of a message.
    private static bool TryParseStart(ReadOnlySpan<byte> line, out RtspMessage message)
    {
        message = null!;
        var space = line.IndexOf((byte)' ');
        if (space <= 0)
        {
            return false;
        }
        if (IsVersion(line))
        {
            var rest = line[space..].TrimStart(Blanks);
            if (rest.Length < 3 || !Utf8Parser.TryParse(rest[..3], out int code, out var digits) || digits != 3 || code < 100)
            {
                return false;
            }
            message = new RtspMessage { Status = code, Reason = Encoding.UTF8.GetString(rest[3..].Trim(Blanks)) };
            return true;
        }
        var version = line.LastIndexOf((byte)' ');
        if (!IsVersion(line[(version + 1)..]))
        {
            return false;
        }
        message = new RtspMessage
        {
            Method = Encoding.UTF8.GetString(line[..space]),
            Uri = Encoding.UTF8.GetString(line[space..version].Trim(Blanks)),
            IsVersion1 = line[(version + Name.Length + 1)..].SequenceEqual("1.0"u8),
        };
        return true;
    }

    private static bool IsVersion(ReadOnlySpan<byte> text) =>
        text.Length >= Name.Length && Ascii.EqualsIgnoreCase(text[..Name.Length], Name);

    private static ReadOnlySpan<byte> Name => "RTSP/"u8;

    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    // A line that begins with a blank goes on with the one before (RFC 2326 §4.2): what parts them becomes blanks.
    private static void Unfold(Span<char> text)
    {
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (text[i] == '\n' && text[i + 1] is ' ' or '\t')
            {
                text[i] = ' ';
                if (i > 0 && text[i - 1] == '\r')
                {
                    text[i - 1] = ' ';
                }
            }
        }
    }

    private void AddHeader(ReadOnlySpan<char> line)
    {
        var colon = line.IndexOf(':');
        if (colon <= 0)
        {
            return; // says nothing
        }
        if (_headers.Count == RtspLimits.Headers)
        {
            HasTooManyHeaders = true;
            return;
        }
        _headers.Add((line[..colon].Trim().ToString(), line[(colon + 1)..].Trim().ToString()));
    }

    private int? Number(string name) =>
        int.TryParse(Get(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
