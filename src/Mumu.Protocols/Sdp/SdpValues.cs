// The values of attributes that have a structure of their own.
using System.Globalization;

namespace Mumu.Protocols.Sdp;

/// <summary>Which way media flows, seen from the describer (RFC 8866 §6.7).</summary>
public enum MediaDirection
{
    /// <summary>Both ways; the default.</summary>
    SendReceive,

    /// <summary>The describer sends.</summary>
    SendOnly,

    /// <summary>The describer receives.</summary>
    ReceiveOnly,

    /// <summary>Neither.</summary>
    Inactive,
}

/// <summary>"rtpmap" (RFC 8866 §6.6).</summary>
/// <param name="PayloadType">0–127.</param>
/// <param name="Encoding">Name of the format; compare without case.</param>
/// <param name="ClockRate">Ticks a second.</param>
/// <param name="Channels">Audio channels; 1 when not told.</param>
public readonly record struct RtpMap(int PayloadType, string Encoding, int ClockRate, int Channels)
{
    /// <summary>Reads "96 H264/90000" or "97 opus/48000/2".</summary>
    public static bool TryParse(string value, out RtpMap map)
    {
        map = default;
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !int.TryParse(value.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var type) || type > 127)
        {
            return false;
        }
        var parts = value[(space + 1)..].Trim().Split('/', 4);
        var channels = 1;
        if (
            parts.Length < 2
            || parts[0].Length == 0
            || !int.TryParse(parts[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var clock)
            || clock == 0
            || (parts.Length > 2 && !int.TryParse(parts[2].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out channels))
        )
        {
            return false;
        }
        map = new RtpMap(type, parts[0], clock, channels);
        return true;
    }

    /// <summary>As the attribute's value has it.</summary>
    public override string ToString() =>
        Channels > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Encoding}/{ClockRate}/{Channels}")
            : string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Encoding}/{ClockRate}");
}

/// <summary>"rtcp-fb" (RFC 4585 §4.2).</summary>
/// <param name="PayloadType">0–127, or null for all ("*").</param>
/// <param name="Value">"nack", "nack pli", "transport-cc", …</param>
public readonly record struct RtcpFeedback(int? PayloadType, string Value)
{
    /// <summary>Reads "96 nack pli" or "* transport-cc".</summary>
    public static bool TryParse(string value, out RtcpFeedback feedback)
    {
        feedback = default;
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
        {
            return false;
        }
        var type = value.AsSpan(0, space);
        if (type is "*")
        {
            feedback = new RtcpFeedback(null, value[(space + 1)..].Trim());
            return true;
        }
        if (!int.TryParse(type, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 127)
        {
            return false;
        }
        feedback = new RtcpFeedback(number, value[(space + 1)..].Trim());
        return true;
    }
}

/// <summary>"extmap" (RFC 8285 §5).</summary>
/// <param name="Id">1–255.</param>
/// <param name="Uri">What the extension is.</param>
public readonly record struct ExtensionMap(int Id, string Uri)
{
    /// <summary>Reads "3 urn:ietf:…" or "3/recvonly urn:…"; parameters after the address are dropped.</summary>
    public static bool TryParse(string value, out ExtensionMap map)
    {
        map = default;
        var parts = value.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2)
        {
            return false;
        }
        var id = parts[0].AsSpan();
        var slash = id.IndexOf('/');
        if (
            !int.TryParse(slash < 0 ? id : id[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is < 1 or > 255
        )
        {
            return false;
        }
        map = new ExtensionMap(number, parts[1]);
        return true;
    }
}

/// <summary>"fingerprint" (RFC 8122 §5).</summary>
/// <param name="Algorithm">"sha-256", …; compare without case.</param>
/// <param name="Value">"AA:BB:…".</param>
public readonly record struct Fingerprint(string Algorithm, string Value)
{
    /// <summary>Reads "sha-256 AA:BB:…".</summary>
    public static bool TryParse(string value, out Fingerprint fingerprint)
    {
        var parts = value.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        fingerprint = parts.Length == 2 ? new Fingerprint(parts[0], parts[1]) : default;
        return parts.Length == 2;
    }

    /// <summary>The bytes of the value when it is SHA-256 in well-formed hex; else false.</summary>
    public bool TryGetSha256(Span<byte> destination)
    {
        if (!string.Equals(Algorithm, "sha-256", StringComparison.OrdinalIgnoreCase) || Value.Length != 95 || destination.Length < 32)
        {
            return false;
        }
        for (var i = 0; i < 32; i++)
        {
            var isPlaced = i == 31 || Value[3 * i + 2] == ':';
            if (
                !isPlaced
                || !byte.TryParse(Value.AsSpan(3 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out destination[i])
            )
            {
                return false;
            }
        }
        return true;
    }
}
