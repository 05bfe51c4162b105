// Where each track begins: "RTP-Info".
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mumu.Protocols.Rtsp;

/// <summary>One stream of the header (RFC 2326 §12.33).</summary>
/// <param name="Url">Which stream.</param>
/// <param name="Sequence">Number of its first packet, or null.</param>
/// <param name="RtpTime">RTP timestamp that is the beginning of the range played, or null.</param>
public sealed record RtspRtpInfo(string Url, ushort? Sequence, uint? RtpTime)
{
    private const int MaxStreams = 32;

    /// <summary>Reads the header; what can't be read is left out.</summary>
    public static IReadOnlyList<RtspRtpInfo> Parse(string? header)
    {
        var streams = new List<RtspRtpInfo>();
        var text = header.AsSpan();
        foreach (var range in text.Split(','))
        {
            if (streams.Count == MaxStreams)
            {
                break;
            }
            if (TryParseStream(text[range], out var stream))
            {
                streams.Add(stream);
            }
        }
        return streams;
    }

    private static bool TryParseStream(ReadOnlySpan<char> text, [NotNullWhen(true)] out RtspRtpInfo? stream)
    {
        ReadOnlySpan<char> url = default;
        var hasUrl = false;
        ushort? sequence = null;
        uint? time = null;
        foreach (var range in text.Split(';'))
        {
            var part = text[range];
            var equals = part.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }
            var name = part[..equals].Trim();
            var value = part[(equals + 1)..].Trim().Trim('"');
            if (name.Equals("url", StringComparison.OrdinalIgnoreCase))
            {
                url = value;
                hasUrl = true;
            }
            else if (name.Equals("seq", StringComparison.OrdinalIgnoreCase))
            {
                sequence = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : sequence;
            }
            else if (name.Equals("rtptime", StringComparison.OrdinalIgnoreCase))
            {
                time = uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : time;
            }
        }
        var isAny = hasUrl || sequence is not null || time is not null;
        stream = isAny ? new RtspRtpInfo(url.ToString(), sequence, time) : null;
        return isAny;
    }

    /// <summary>
    /// Finds the stream of a track: by the end of its address, or by its place when no address fits and the counts agree.
    /// </summary>
    public static RtspRtpInfo? Find(IReadOnlyList<RtspRtpInfo> streams, string control, int index, int tracks)
    {
        foreach (var stream in streams)
        {
            if (
                stream.Url.Length > 0
                && (control.EndsWith(stream.Url, StringComparison.Ordinal) || stream.Url.EndsWith(control, StringComparison.Ordinal))
            )
            {
                return stream;
            }
        }
        return streams.Count == tracks ? streams[index] : null;
    }
}
