// A session description: what is sent, in which formats, and how to reach it.
using System.Globalization;
using System.Text;

namespace Mumu.Protocols.Sdp;

/// <summary>
/// A session description (RFC 8866), as WebRTC (RFC 8829) and RTSP (RFC 2326 appendix C) use it. Reading is lenient in what cameras get wrong (line ends, missing lines, stray blanks)
/// and strict in what would be ambiguous: the shape of the "m=" line.
/// </summary>
public sealed class SessionDescription
{
    /// <summary>The "o=" line's value.</summary>
    public string Origin { get; set; } = "- 0 0 IN IP4 127.0.0.1";

    /// <summary>The "s=" line's value.</summary>
    public string Name { get; set; } = "-";

    /// <summary>The "c=" line's value of the session, or null.</summary>
    public string? Connection { get; set; }

    /// <summary>The "t=" line's value.</summary>
    public string Timing { get; set; } = "0 0";

    /// <summary>Attributes of the session, in order.</summary>
    public SdpAttributes Attributes { get; } = [];

    /// <summary>Media descriptions, in order.</summary>
    public IList<MediaDescription> Media { get; } = [];

    /// <summary>"ice-ufrag" of a section, or the session's.</summary>
    public string? IceUfragOf(MediaDescription media) => media.IceUfrag ?? Attributes.Get("ice-ufrag");

    /// <summary>"ice-pwd" of a section, or the session's.</summary>
    public string? IcePwdOf(MediaDescription media) => media.IcePwd ?? Attributes.Get("ice-pwd");

    /// <summary>"setup" of a section, or the session's.</summary>
    public string? SetupOf(MediaDescription media) => media.Setup ?? Attributes.Get("setup");

    /// <summary>Direction of a section, or the session's, or both ways.</summary>
    public MediaDirection DirectionOf(MediaDescription media) =>
        MediaDescription.DirectionOf(media.Attributes) ?? MediaDescription.DirectionOf(Attributes) ?? MediaDirection.SendReceive;

    /// <summary>Fingerprints of a section, or the session's.</summary>
    public IReadOnlyList<Fingerprint> FingerprintsOf(MediaDescription media)
    {
        var own = media.Fingerprints.ToList();
        if (own.Count == 0)
        {
            foreach (var value in Attributes.GetAll("fingerprint"))
            {
                if (Fingerprint.TryParse(value, out var fingerprint))
                {
                    own.Add(fingerprint);
                }
            }
        }
        return own;
    }

    /// <summary>The sections of the BUNDLE group (RFC 9143) by their mids; empty when there is none.</summary>
    public IReadOnlyList<string> Bundle
    {
        get
        {
            foreach (var value in Attributes.GetAll("group"))
            {
                var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (parts.Length > 0 && parts[0] == "BUNDLE")
                {
                    return parts[1..];
                }
            }
            return [];
        }
    }

    /// <summary>Reads a description; on failure <paramref name="error"/> is a sentence.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SessionDescription sdp, out string error) =>
        SdpParser.TryParse(text, out sdp, out error);

    /// <summary>The text, with CR LF line ends.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(1024);
        Line('v', "0");
        Line('o', Origin);
        Line('s', Name);
        if (Connection is not null)
        {
            Line('c', Connection);
        }
        Line('t', Timing);
        Lines(Attributes);
        foreach (var media in Media)
        {
            Line(
                'm',
                string.Create(CultureInfo.InvariantCulture, $"{media.Kind} {media.Port} {media.Protocol} {string.Join(' ', media.Formats)}")
            );
            if (media.Connection is not null)
            {
                Line('c', media.Connection);
            }
            foreach (var bandwidth in media.Bandwidths)
            {
                Line('b', bandwidth);
            }
            Lines(media.Attributes);
        }
        return text.ToString();

        void Line(char type, string value) => text.Append(type).Append('=').Append(value).Append("\r\n");

        void Lines(SdpAttributes attributes)
        {
            foreach (var attribute in attributes)
            {
                Line('a', attribute.ToString());
            }
        }
    }
}
