// The addresses in requests: without credentials, and joined the way cameras expect.
namespace Mumu.Protocols.Rtsp;

/// <summary>Addresses of a presentation and its tracks.</summary>
public static class RtspAddress
{
    /// <summary>The address as requests carry it: no user, no password, no fragment.</summary>
    public static string ForRequests(Uri uri)
    {
        var port = uri.IsDefaultPort || uri.Port < 0 ? "" : ":" + uri.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return $"{uri.Scheme}://{uri.Host}{port}{uri.PathAndQuery}";
    }

    /// <summary>Where a redirect points; false when that is no address of the same scheme, which alone keeps the session as protected as it was.</summary>
    internal static bool TryGetRedirect(RtspMessage message, Uri from, out Uri location)
    {
        var isAddress = Uri.TryCreate(message.Get("Location"), UriKind.Absolute, out var found);
        location = found!;
        return isAddress && location.Scheme == from.Scheme;
    }

    /// <summary>The address that others are relative to (RFC 2326 C.1.1): Content-Base, Content-Location, or what was asked for.</summary>
    internal static string BaseOf(RtspMessage description, string requested)
    {
        foreach (var header in (ReadOnlySpan<string>)["Content-Base", "Content-Location"])
        {
            if (description.Get(header) is { } text && text.StartsWith("rtsp", StringComparison.OrdinalIgnoreCase))
            {
                return text;
            }
        }
        return requested;
    }

    /// <summary>
    /// Address of a "control" attribute (RFC 2326 C.1.1). Cameras do not mean RFC 3986 by "relative": what they want is base, slash, control, even behind a query.
    /// </summary>
    public static string Resolve(string @base, string? control)
    {
        if (string.IsNullOrEmpty(control) || control == "*")
        {
            return @base;
        }
        if (control.Contains("://", StringComparison.Ordinal))
        {
            return control;
        }
        return control[0] == '?' || (@base.EndsWith('/') && control[0] != '/')
            ? @base + control
            : @base.TrimEnd('/') + (control[0] == '/' ? "" : "/") + control;
    }
}
