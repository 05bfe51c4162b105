// Where each track begins: "RTP-Info".
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
        foreach (var stream in (header ?? "").Split(',', MaxStreams + 1).Take(MaxStreams))
        {
            string? url = null;
            ushort? sequence = null;
            uint? time = null;
            foreach (var part in stream.Split(';'))
            {
                var equals = part.IndexOf('=', StringComparison.Ordinal);
                var value = equals < 0 ? "" : part[(equals + 1)..].Trim().Trim('"');
                switch (equals < 0 ? "" : part[..equals].Trim().ToUpperInvariant())
                {
                    case "URL":
                        url = value;
                        break;
                    case "SEQ" when ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                        sequence = number;
                        break;
                    case "RTPTIME" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks):
                        time = ticks;
                        break;
                }
            }
            if (url is not null || sequence is not null || time is not null)
            {
                streams.Add(new RtspRtpInfo(url ?? "", sequence, time));
            }
        }
        return streams;
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
