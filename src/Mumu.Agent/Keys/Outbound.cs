// How the program asks HTTP servers of others.
using Mumu.Agent.Settings;

namespace Mumu.Agent.Keys;

/// <summary>Requests to addresses of the settings: no redirects, which would lead elsewhere than the settings say, no cookies, no proxy of the environment, small answers.</summary>
internal static class Outbound
{
    /// <summary>A handler that reaches only what “outbound” in the settings allows, as it is when a connection is made.</summary>
    public static SocketsHttpHandler Handler(SettingsStore settings) =>
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
            ConnectCallback = (context, cancellation) => settings.Current.Outbound.Networks().ConnectAsync(context, cancellation),
        };
}
