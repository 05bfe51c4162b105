// The one rule for addresses of cameras: protocols of the network, and nothing that could name a program or a file.
using Mumu.Media.Sources.MpegTs;
using Mumu.Protocols.Rtmp;

namespace Mumu.Agent.Settings;

/// <summary>Checks and cleans the addresses of cameras.</summary>
public static class CameraUrl
{
    /// <summary>The longest address accepted, in characters.</summary>
    public const int MaxLength = 2048;

    private static readonly string[] Schemes =
    [
        "rtsp://",
        "rtsps://",
        "rtmp://",
        "rtmps://",
        "http://",
        "https://",
        "whep://",
        "wheps://",
        "udp://",
    ];

    /// <summary>Checks an address.</summary>
    /// <returns>Null if it is good, else a sentence for people.</returns>
    public static string? Problem(string? url)
    {
        if (string.IsNullOrWhiteSpace(url))
        {
            return "A camera needs an address like rtsp://192.168.1.20/stream.";
        }
        if (url.Length > MaxLength || url.Any(char.IsControl) || url.Contains(' ', StringComparison.Ordinal))
        {
            return $"A camera's address has at most {MaxLength} characters and no spaces.";
        }
        if (!Schemes.Any(scheme => url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)))
        {
            return "A camera's address begins with rtsp:// or rtsps://, rtmp:// or rtmps://, http:// or https://, whep:// or wheps://, or udp://.";
        }
        if (IsTransportStream(url))
        {
            UdpTsOptions.Parse(url, out var problem);
            return problem;
        }
        if (IsRtmp(url))
        {
            return Uri.TryCreate(url, UriKind.Absolute, out var rtmp) && RtmpAddress.TryParse(rtmp, out _)
                ? null
                : "An address of RTMP is written rtmp://192.168.1.20/app/stream.";
        }
        return Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.Port is -1 or (> 0 and <= 65535)
            ? null
            : "This is not an address: write it like rtsp://192.168.1.20:554/stream.";
    }

    /// <summary>True for <c>udp://</c>: a transport stream that is sent here.</summary>
    public static bool IsTransportStream(string? url) => url?.StartsWith("udp://", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>True for <c>whep://</c> and <c>wheps://</c>, and for HTTP with a path that ends in <c>/whep</c>.</summary>
    public static bool IsWhep(string? url) =>
        url is not null
        && (
            url.StartsWith("whep://", StringComparison.OrdinalIgnoreCase)
            || url.StartsWith("wheps://", StringComparison.OrdinalIgnoreCase)
            || (IsHttp(url) && url.Split('?')[0].EndsWith("/whep", StringComparison.OrdinalIgnoreCase))
        );

    /// <summary>True for <c>http://</c> and <c>https://</c>.</summary>
    public static bool IsHttp(string? url) =>
        url?.StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true
        || url?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>True for <c>rtmp://</c> and <c>rtmps://</c>.</summary>
    public static bool IsRtmp(string? url) =>
        url?.StartsWith("rtmp://", StringComparison.OrdinalIgnoreCase) == true
        || url?.StartsWith("rtmps://", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>True if the address has a user or password in front of the host.</summary>
    public static bool HasUserInfo(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0;

    /// <summary>True if two addresses lead to the same server.</summary>
    public static bool SameHost(string? old, string url) =>
        Uri.TryCreate(old, UriKind.Absolute, out var a)
        && Uri.TryCreate(url, UriKind.Absolute, out var b)
        && a.Scheme == b.Scheme
        && a.Port == b.Port
        && string.Equals(a.Host, b.Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The address as it may be shown: without user and password in front of the host, and without the values of its query, where some cameras want their password.
    /// </summary>
    public static string? WithoutSecrets(string? url)
    {
        if (url is null || !Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            return null;
        }
        var query = uri.Query.Length == 0 ? "" : "?…";
        return $"{uri.GetComponents(UriComponents.Scheme | UriComponents.Host | UriComponents.Port | UriComponents.Path, UriFormat.UriEscaped)}{query}";
    }

    /// <summary>Moves user and password from the address into settings of their own; what is set there already wins.</summary>
    public static CameraSettings SplitUserInfo(CameraSettings camera)
    {
        if (camera.Url is not { } url || !HasUserInfo(url))
        {
            return camera;
        }
        var uri = new Uri(url);
        var parts = uri.UserInfo.Split(':', 2);
        return camera with
        {
            Url = uri.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped),
            User = camera.User ?? Uri.UnescapeDataString(parts[0]),
            Password = camera.Password ?? (parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : null),
        };
    }
}
