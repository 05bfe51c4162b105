// Whether settings hold anything only their owner may read.
namespace Mumu.Agent.Settings;

/// <summary>Looks for passwords and shared secrets.</summary>
internal static class SettingsSecrets
{
    public static bool In(MumuSettings settings) =>
        settings.Cameras.Values.Any(c =>
            c.Password is { Length: > 0 } || (c.Url is { } url && CameraUrl.HasUserInfo(url)) || c.Forward is { Count: > 0 }
        )
        || settings.Hub.Turn?.Secret is not null
        || settings.Turn.Secret is not null
        || settings.Access.Jwt?.Secret is not null
        || settings.Access.Hook is not null
        || settings.Access.Users.Count > 0
        || settings.Events.Webhooks.Count > 0
        || settings.Hub.IceServers.Any(s => s.Credential is not null);
}
