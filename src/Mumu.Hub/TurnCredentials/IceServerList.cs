// The ICE servers for one end of one session: the fixed ones, and TURN with credentials of its own.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Mumu.Signaling;

namespace Mumu.Hub.TurnCredentials;

/// <summary>TURN credentials by coturn's REST scheme: the name is <c>expiry:identifier</c>, the password its HMAC-SHA1 under the shared secret, in base64.</summary>
internal sealed class IceServerList(HubOptions options, TimeProvider time)
{
    /// <param name="userId">Whose credentials they are.</param>
    /// <param name="sessionId">What they are for; without an underscore, so that a TURN server can count by user.</param>
    /// <param name="host">The host by which this client reached the hub, as its request says; it is told nobody else.</param>
    public IReadOnlyList<IceServer> ForViewer(long userId, string sessionId, string? host) =>
        For(FormattableString.Invariant($"viewer_{userId}_{sessionId}"), host);

    /// <inheritdoc cref="ForViewer"/>
    public IReadOnlyList<IceServer> ForDevice(string deviceId, string sessionId, string? host) =>
        For($"device_{deviceId}_{sessionId}", host);

    private IReadOnlyList<IceServer> For(string identifier, string? host)
    {
        if (options.Turn is not { } turn)
        {
            return options.IceServers;
        }

        long expiry = time.GetUtcNow().Add(turn.Lifetime).ToUnixTimeSeconds();
        string username = $"{expiry.ToString(CultureInfo.InvariantCulture)}:{identifier}";
        List<IceServer> servers = [.. options.IceServers];
        // Who came by loopback would only be told its loopback address.
        if (!IsLoopback(host) && At(turn.StunUrls, host) is { Count: > 0 } stun)
        {
            servers.Add(new IceServer(stun));
        }

        if (At(turn.Urls, host) is { Count: > 0 } urls)
        {
            servers.Add(new IceServer(urls, username, Password(turn.Secret, username)));
        }

        return servers;
    }

    private static bool IsLoopback(string? host) =>
        host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static List<string> At(IReadOnlyList<string> urls, string? host)
    {
        bool isKnown = host is { Length: <= 255 } && Uri.CheckHostName(host.Trim('[', ']')) != UriHostNameType.Unknown;
        return
        [
            .. urls.Where(url => isKnown || !url.Contains(TurnOptions.HostPlaceholder, StringComparison.Ordinal))
                .Select(url => url.Replace(TurnOptions.HostPlaceholder, host, StringComparison.Ordinal)),
        ];
    }

    [SuppressMessage("Security", "CA5350", Justification = "The scheme that TURN servers share is HMAC-SHA1.")]
    private static string Password(string secret, string username) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(username)));
}
