// Another server's WHIP or WHEP address, with what opens it.
using System.Net.Http.Headers;
using System.Text;
using Mumu.Media.Sources;

namespace Mumu.Agent.Whip;

/// <summary>Where an offer of ours goes.</summary>
/// <param name="Address">http or https.</param>
/// <param name="User">The user of Basic; null with a password: that is a bearer token.</param>
/// <param name="Password">The password or token; null for none. Secret.</param>
internal sealed record SdpTarget(Uri Address, string? User, string? Password)
{
    /// <summary>Where it may be.</summary>
    public OutboundNetworks Networks { get; init; } = OutboundNetworks.Usual;

    /// <summary>The address without secrets, for people.</summary>
    public string Where =>
        Address.GetComponents(UriComponents.Scheme | UriComponents.HostAndPort | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>True if the server is this machine.</summary>
    public bool IsLocal => Address.IsLoopback;

    /// <summary>Makes a target of an address: <c>whip</c> and <c>whep</c> stand for http, <c>whips</c> and <c>wheps</c> for https.</summary>
    /// <exception cref="UriFormatException">It is no such address.</exception>
    public static SdpTarget Of(string url, string? user, string? password)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : url[..colon].ToLowerInvariant();
        var http = scheme switch
        {
            "whip" or "whep" or "http" => "http",
            "whips" or "wheps" or "https" => "https",
            _ => throw new UriFormatException(
                "A WHIP or WHEP address begins with http://, https://, whip://, whips://, whep:// or wheps://."
            ),
        };
        var uri = new Uri(http + url[colon..]);
        if (uri.UserInfo.Length == 0)
        {
            return new SdpTarget(uri, user, password);
        }
        var parts = uri.UserInfo.Split(':', 2);
        var bare = new Uri(uri.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped));
        return new SdpTarget(
            bare,
            user ?? (parts[0].Length == 0 ? null : Uri.UnescapeDataString(parts[0])),
            password ?? (parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : null)
        );
    }

    /// <summary>What the Authorization header says; null for none.</summary>
    internal AuthenticationHeaderValue? Authorization =>
        (User, Password) switch
        {
            (null, null) => null,
            (null, { } token) => new AuthenticationHeaderValue("Bearer", token),
            var (user, password) => new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))
            ),
        };

    /// <inheritdoc />
    public override string ToString() => Where;
}
