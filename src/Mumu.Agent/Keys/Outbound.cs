// How the program asks HTTP servers of others.
namespace Mumu.Agent.Keys;

/// <summary>Requests to addresses of the settings: no redirects, which would lead elsewhere than the settings say, no cookies, no proxy of the environment, small answers.</summary>
internal static class Outbound
{
    public static SocketsHttpHandler Handler() =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 64 * 1024,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ActivityHeadersPropagator = null,
        };
}
