// The ICE servers for one end of one session: the fixed ones, and TURN with credentials of its own.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mumu.Signaling;

namespace Mumu.Hub.TurnCredentials;

/// <summary>TURN credentials by coturn's REST scheme: the name is <c>expiry:identifier</c>, the password its HMAC-SHA1 under the shared secret, in base64.</summary>
internal sealed class IceServerList(HubOptions options, TimeProvider time)
{
    public IReadOnlyList<IceServer> ForViewer(long userId, string sessionId) =>
        For(FormattableString.Invariant($"viewer_{userId}_{sessionId}"));

    public IReadOnlyList<IceServer> ForDevice(string deviceId, string sessionId) => For($"device_{deviceId}_{sessionId}");

    private IReadOnlyList<IceServer> For(string identifier)
    {
        if (options.Turn is not { } turn)
        {
            return options.IceServers;
        }

        long expiry = time.GetUtcNow().Add(turn.Lifetime).ToUnixTimeSeconds();
        string username = $"{expiry.ToString(CultureInfo.InvariantCulture)}:{identifier}";
        return [.. options.IceServers, new IceServer(turn.Urls, username, Password(turn.Secret, username))];
    }

    [SuppressMessage("Security", "CA5350", Justification = "The scheme that TURN servers share is HMAC-SHA1.")]
    private static string Password(string secret, string username) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(username)));
}
