// Finds the API key in an HTTP request, wherever clients put it.
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mumu.Agent.Keys;

/// <summary>Reads <c>Authorization: Bearer KEY</c>, <c>Authorization: Basic …</c> with the key as password of any user, and <c>?user=…&amp;pass=KEY</c>.</summary>
public static class HttpKey
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";
    private const int MaxHeader = 4096;

    /// <summary>The key of the header, else that of the query; null where there is none. Addresses with one must not be logged.</summary>
    public static string? Of(HttpRequest request) => OfHeader(request) ?? OfQuery(request);

    /// <summary>The key of the header; null where there is none.</summary>
    public static string? OfHeader(HttpRequest request) => OfAuthorization(request.Headers.Authorization.ToString());

    /// <summary>The key of an <c>Authorization</c> value, as RTSP has it too; null where there is none.</summary>
    public static string? OfAuthorization(string header)
    {
        if (header.Length > MaxHeader)
        {
            return null;
        }
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return header[Bearer.Length..].Trim();
        }
        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out var length))
        {
            return null;
        }
        var pair = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    /// <summary>The key of <c>?pass=</c>; null where there is none.</summary>
    public static string? OfQuery(HttpRequest request) => request.Query["pass"] is [{ Length: > 0 and <= MaxHeader } key] ? key : null;
}
