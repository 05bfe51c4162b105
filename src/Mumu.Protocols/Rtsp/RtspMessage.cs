// An RTSP message: start line, headers, body.
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

    /// <summary>Reads start line and headers; false when the start line is none of RTSP's or there are too many headers.</summary>
    internal static bool TryParseHead(ReadOnlySpan<byte> head, out RtspMessage message)
    {
        message = null!;
        var isFirst = true;
        foreach (var raw in Encoding.UTF8.GetString(head).AsSpan().EnumerateLines())
        {
            if (isFirst)
            {
                if (!TryParseStart(raw.Trim(), out message))
                {
                    return false;
                }
                isFirst = false;
            }
            else if (!raw.IsEmpty && !message.TryAddHeader(raw))
            {
                return false;
            }
        }
        return !isFirst;
    }

    private static bool TryParseStart(ReadOnlySpan<char> line, out RtspMessage message)
    {
        message = null!;
        if (line.StartsWith("RTSP/", StringComparison.OrdinalIgnoreCase))
        {
            var status = line.IndexOf(' ');
            var rest = status < 0 ? default : line[status..].TrimStart();
            if (rest.Length < 3 || !int.TryParse(rest[..3], NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code < 100)
            {
                return false;
            }
            message = new RtspMessage { Status = code, Reason = rest[3..].Trim().ToString() };
            return true;
        }
        var space = line.IndexOf(' ');
        var version = line.LastIndexOf(" RTSP/", StringComparison.OrdinalIgnoreCase);
        if (space <= 0 || version < space)
        {
            return false;
        }
        message = new RtspMessage
        {
            Method = line[..space].ToString(),
            Uri = line[space..version].Trim().ToString(),
            IsVersion1 = line[(version + 6)..].Trim() is "1.0",
        };
        return true;
    }

    private bool TryAddHeader(ReadOnlySpan<char> line)
    {
        if (line[0] is ' ' or '\t')
        {
            if (_headers.Count > 0)
            {
                _headers[^1] = (_headers[^1].Name, $"{_headers[^1].Value} {line.Trim()}");
            }
            return true;
        }
        var colon = line.IndexOf(':');
        if (colon <= 0)
        {
            return true; // says nothing
        }
        if (_headers.Count == RtspLimits.Headers)
        {
            return false;
        }
        _headers.Add((line[..colon].Trim().ToString(), line[(colon + 1)..].Trim().ToString()));
        return true;
    }

    private int? Number(string name) =>
        int.TryParse(Get(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
