// Reads session descriptions line by line.
using System.Globalization;

namespace Mumu.Protocols.Sdp;

/// <summary>The reader behind <see cref="SessionDescription.TryParse"/>.</summary>
internal static class SdpParser
{
    internal static bool TryParse(ReadOnlySpan<char> text, out SessionDescription sdp, out string error)
    {
        sdp = new SessionDescription();
        if (text.Length > SdpLimits.Text)
        {
            error = $"The session description is longer than {SdpLimits.Text} characters.";
            return false;
        }
        MediaDescription? media = null;
        var lines = 0;
        var sawVersion = false;
        foreach (var raw in text.EnumerateLines())
        {
            var line = raw.Trim(" \t\0");
            if (line.IsEmpty)
            {
                continue;
            }
            if (++lines > SdpLimits.Lines)
            {
                error = $"The session description has more than {SdpLimits.Lines} lines.";
                return false;
            }
            if (line.Length < 2 || line[1] != '=')
            {
                if (sawVersion)
                {
                    continue; // A line without a type says nothing we could lose.
                }
                error = "The text is not a session description: it does not start with \"v=0\".";
                return false;
            }
            var value = line[2..].Trim();
            if (!sawVersion)
            {
                if (line[0] != 'v' || value is not "0")
                {
                    error = "The text is not a session description: it does not start with \"v=0\".";
                    return false;
                }
                sawVersion = true;
            }
            else if (line[0] == 'm')
            {
                if (sdp.Media.Count == SdpLimits.Media)
                {
                    error = $"The session description has more than {SdpLimits.Media} media sections.";
                    return false;
                }
                if (!TryParseMedia(value, out media, out error))
                {
                    return false;
                }
                sdp.Media.Add(media);
            }
            else if (media is null)
            {
                SessionLine(sdp, line[0], value);
            }
            else
            {
                MediaLine(media, line[0], value);
            }
        }
        error = sawVersion ? "" : "The session description is empty.";
        return sawVersion;
    }

    private static void SessionLine(SessionDescription sdp, char type, ReadOnlySpan<char> value)
    {
        switch (type)
        {
            case 'o':
                sdp.Origin = value.ToString();
                break;
            case 's':
                sdp.Name = value.IsEmpty ? "-" : value.ToString();
                break;
            case 'c':
                sdp.Connection = value.ToString();
                break;
            case 't':
                sdp.Timing = value.ToString();
                break;
            case 'a':
                AddAttribute(sdp.Attributes, value);
                break;
        }
    }

    private static void MediaLine(MediaDescription media, char type, ReadOnlySpan<char> value)
    {
        switch (type)
        {
            case 'c':
                media.Connection = value.ToString();
                break;
            case 'b':
                media.Bandwidths.Add(value.ToString());
                break;
            case 'a':
                AddAttribute(media.Attributes, value);
                break;
        }
    }

    private static void AddAttribute(SdpAttributes attributes, ReadOnlySpan<char> value)
    {
        var colon = value.IndexOf(':');
        var name = (colon < 0 ? value : value[..colon]).Trim();
        if (!name.IsEmpty)
        {
            attributes.Add(name.ToString(), colon < 0 ? null : value[(colon + 1)..].Trim().ToString());
        }
    }

    private static bool TryParseMedia(ReadOnlySpan<char> value, out MediaDescription media, out string error)
    {
        media = null!;
        error = "";
        var parts = value.ToString().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3)
        {
            error = "A media line needs a kind, a port and a protocol.";
            return false;
        }
        // "49170/2": the second number counts ports of a layered stream; the first is what matters.
        var port = parts[1].Split('/')[0];
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 65535)
        {
            error = "The port of a media line is not a number up to 65535.";
            return false;
        }
        media = new MediaDescription
        {
            Kind = parts[0],
            Port = number,
            Protocol = parts[2],
            Formats = parts[3..],
        };
        return true;
    }
}
