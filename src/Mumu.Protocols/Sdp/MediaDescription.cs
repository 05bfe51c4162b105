// One "m=" section: a track, its formats and how it travels.
using System.Globalization;

namespace Mumu.Protocols.Sdp;

/// <summary>
/// A media description (RFC 8866 §5.14). The lines are the truth: the named properties read them, so what is unknown survives a round trip.
/// </summary>
public sealed class MediaDescription
{
    /// <summary>"video", "audio", "application", …</summary>
    public required string Kind { get; init; }

    /// <summary>Port, 0–65535; 0 rejects the section in an answer, 9 stands for "none yet" in WebRTC.</summary>
    public int Port { get; set; }

    /// <summary>"RTP/AVP", "UDP/TLS/RTP/SAVPF", …</summary>
    public required string Protocol { get; init; }

    /// <summary>Formats in order of preference; payload types for RTP.</summary>
    public required IReadOnlyList<string> Formats { get; init; }

    /// <summary>The "c=" line's value, or null.</summary>
    public string? Connection { get; set; }

    /// <summary>Values of "b=" lines.</summary>
    public IList<string> Bandwidths { get; } = [];

    /// <summary>All attributes in order.</summary>
    public SdpAttributes Attributes { get; } = [];

    /// <summary>Which way media flows; both ways when not told.</summary>
    public MediaDirection Direction => DirectionOf(Attributes) ?? MediaDirection.SendReceive;

    /// <summary>"mid" (RFC 5888), or null.</summary>
    public string? Mid => Attributes.Get("mid");

    /// <summary>"control" (RFC 2326 C.1.1), or null.</summary>
    public string? Control => Attributes.Get("control");

    /// <summary>"setup": actpass, active or passive (RFC 4145), or null.</summary>
    public string? Setup => Attributes.Get("setup");

    /// <summary>"ice-ufrag" of this section, or null.</summary>
    public string? IceUfrag => Attributes.Get("ice-ufrag");

    /// <summary>"ice-pwd" of this section, or null.</summary>
    public string? IcePwd => Attributes.Get("ice-pwd");

    /// <summary>"ice-options" of this section, or null.</summary>
    public string? IceOptions => Attributes.Get("ice-options");

    /// <summary>Candidates as text, without "candidate:".</summary>
    public IEnumerable<string> Candidates => Attributes.GetAll("candidate");

    /// <summary>True for "rtcp-mux" (RFC 5761).</summary>
    public bool RtcpMux => Attributes.Contains("rtcp-mux");

    /// <summary>True for "rtcp-rsize" (RFC 5506).</summary>
    public bool RtcpReducedSize => Attributes.Contains("rtcp-rsize");

    /// <summary>Well-formed "rtpmap" lines.</summary>
    public IEnumerable<RtpMap> RtpMaps => Parsed<RtpMap>("rtpmap", RtpMap.TryParse);

    /// <summary>Well-formed "rtcp-fb" lines.</summary>
    public IEnumerable<RtcpFeedback> RtcpFeedback => Parsed<RtcpFeedback>("rtcp-fb", Sdp.RtcpFeedback.TryParse);

    /// <summary>Well-formed "extmap" lines.</summary>
    public IEnumerable<ExtensionMap> ExtMaps => Parsed<ExtensionMap>("extmap", ExtensionMap.TryParse);

    /// <summary>Well-formed "fingerprint" lines of this section.</summary>
    public IEnumerable<Fingerprint> Fingerprints => Parsed<Fingerprint>("fingerprint", Fingerprint.TryParse);

    /// <summary>Sources named by "ssrc" lines, each once, in order.</summary>
    public IEnumerable<uint> Ssrcs =>
        Attributes
            .GetAll("ssrc")
            .Select(value => value.Split(' ', 2)[0])
            .Where(text => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(text => uint.Parse(text, CultureInfo.InvariantCulture))
            .Distinct();

    /// <summary>The "rtpmap" of a payload type, or null; the static ones of RFC 3551 need no line.</summary>
    public RtpMap? RtpMapOf(int payloadType)
    {
        foreach (var map in RtpMaps)
        {
            if (map.PayloadType == payloadType)
            {
                return map;
            }
        }
        return payloadType switch
        {
            0 => new RtpMap(0, "PCMU", 8000, 1),
            8 => new RtpMap(8, "PCMA", 8000, 1),
            14 => new RtpMap(14, "MPA", 90000, 1),
            26 => new RtpMap(26, "JPEG", 90000, 1),
            33 => new RtpMap(33, "MP2T", 90000, 1),
            _ => null,
        };
    }

    /// <summary>The format parameters of a payload type, empty when it has none.</summary>
    public FormatParameters FormatParametersOf(int payloadType)
    {
        var prefix = payloadType.ToString(CultureInfo.InvariantCulture);
        foreach (var value in Attributes.GetAll("fmtp"))
        {
            var text = value.AsSpan().TrimStart();
            var space = text.IndexOfAny(' ', '\t');
            if (space > 0 && text[..space].SequenceEqual(prefix))
            {
                return FormatParameters.Parse(text[space..]);
            }
        }
        return FormatParameters.Empty;
    }

    internal static MediaDirection? DirectionOf(SdpAttributes attributes)
    {
        foreach (var attribute in attributes)
        {
            MediaDirection? direction = attribute.Name switch
            {
                "sendrecv" => MediaDirection.SendReceive,
                "sendonly" => MediaDirection.SendOnly,
                "recvonly" => MediaDirection.ReceiveOnly,
                "inactive" => MediaDirection.Inactive,
                _ => null,
            };
            if (direction is not null)
            {
                return direction;
            }
        }
        return null;
    }

    private delegate bool Parser<T>(string value, out T parsed);

    private IEnumerable<T> Parsed<T>(string name, Parser<T> parser)
    {
        foreach (var value in Attributes.GetAll(name))
        {
            if (parser(value, out var parsed))
            {
                yield return parsed;
            }
        }
    }
}
