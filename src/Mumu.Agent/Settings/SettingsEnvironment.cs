// The environment variables the program knows, and which setting each one is.
using System.Collections;
using System.Globalization;

namespace Mumu.Agent.Settings;

/// <summary>Lays environment variables over settings.</summary>
public static class SettingsEnvironment
{
    private delegate MumuSettings Setter(MumuSettings settings, string value, string name);

    private static readonly Dictionary<string, Setter> Setters = new(StringComparer.Ordinal)
    {
        // The names of the system this one replaces come first, so that ours win where both are set.
        ["BACKEND_URL"] = (s, v, _) => s with { Hub = s.Hub with { Url = SettingsOverrides.HubScheme(v) } },
        ["DEVICE_ID"] = (s, v, _) => s with { Device = s.Device with { Id = v } },
        ["MUMU_DEVICE_ID"] = (s, v, _) => s with { Device = s.Device with { Id = v } },
        ["MUMU_DEVICE_NAME"] = (s, v, _) => s with { Device = s.Device with { Name = v } },
        ["MUMU_HUB_URL"] = (s, v, _) => s with { Hub = s.Hub with { Url = SettingsOverrides.HubScheme(v) } },
        ["MUMU_HUB_PUBLIC_URL"] = (s, v, _) => s with { Hub = s.Hub with { PublicUrl = v } },
        ["MUMU_HUB_REGISTRATION"] = (s, v, n) => s with { Hub = s.Hub with { Registration = Word<HubRegistration>(v, n) } },
        ["MUMU_HUB_TURN_URLS"] = (s, v, _) =>
            s with
            {
                Hub = s.Hub with { Turn = (s.Hub.Turn ?? new TurnSettings()) with { Urls = List(v) } },
            },
        ["MUMU_HUB_TURN_SECRET"] = (s, v, _) =>
            s with
            {
                Hub = s.Hub with { Turn = (s.Hub.Turn ?? new TurnSettings()) with { Secret = v } },
            },
        ["MUMU_TURN_ENABLED"] = (s, v, n) => s with { Turn = s.Turn with { Enabled = Flag(v, n) } },
        ["MUMU_TURN_PORT"] = (s, v, n) => s with { Turn = s.Turn with { Port = Number(v, n) } },
        ["MUMU_TURN_TLS_PORT"] = (s, v, n) => s with { Turn = s.Turn with { TlsPort = Number(v, n) } },
        ["MUMU_TURN_HOST"] = (s, v, _) => s with { Turn = s.Turn with { Host = v } },
        ["MUMU_TURN_EXTERNAL_ADDRESS"] = (s, v, _) => s with { Turn = s.Turn with { ExternalAddress = v } },
        ["MUMU_TURN_SECRET"] = (s, v, _) => s with { Turn = s.Turn with { Secret = v } },
        ["MUMU_TURN_ALLOWED_PEERS"] = (s, v, _) => s with { Turn = s.Turn with { AllowedPeers = List(v) } },
        ["MUMU_WEBRTC_BIND"] = (s, v, _) => s with { WebRtc = s.WebRtc with { Bind = v } },
        ["MUMU_WEBRTC_PORT"] = (s, v, n) => s with { WebRtc = s.WebRtc with { Port = Number(v, n) } },
        ["MUMU_WEBRTC_LOOPS"] = (s, v, n) => s with { WebRtc = s.WebRtc with { Loops = Number(v, n) } },
        ["MUMU_WEBRTC_TCP"] = (s, v, n) => s with { WebRtc = s.WebRtc with { Tcp = Flag(v, n) } },
        ["MUMU_WEBRTC_STUN"] = (s, v, _) => s with { WebRtc = s.WebRtc with { Stun = List(v) } },
        ["MUMU_PORTS_WEB"] = (s, v, n) => s with { Ports = s.Ports with { Web = Number(v, n) } },
        ["MUMU_PORTS_HUB_API"] = (s, v, n) => s with { Ports = s.Ports with { HubApi = Number(v, n) } },
        ["MUMU_PORTS_WHEP"] = (s, v, n) => s with { Ports = s.Ports with { Whep = Number(v, n) } },
        ["MUMU_PORTS_HLS"] = (s, v, n) => s with { Ports = s.Ports with { Hls = Number(v, n) } },
        ["MUMU_PORTS_CONTROL"] = (s, v, n) => s with { Ports = s.Ports with { Control = Number(v, n) } },
        ["MUMU_PORTS_METRICS"] = (s, v, n) => s with { Ports = s.Ports with { Metrics = Number(v, n) } },
        ["MUMU_LOG_FORMAT"] = (s, v, n) => s with { Log = s.Log with { Format = Word<LogFormat>(v, n) } },
        ["MUMU_CONTROL_BIND"] = (s, v, _) => s with { Control = s.Control with { Bind = v } },
        ["MUMU_METRICS_BIND"] = (s, v, _) => s with { Metrics = s.Metrics with { Bind = v } },
        ["MUMU_PORTS_RTSP"] = (s, v, n) => s with { Ports = s.Ports with { Rtsp = Number(v, n) } },
        ["MUMU_PORTS_RTMP"] = (s, v, n) => s with { Ports = s.Ports with { Rtmp = Number(v, n) } },
    };

    /// <summary>Every variable that is understood, for the help text. <c>VIDEO_SOURCE</c> is the command line's <c>--video-source</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Setters.Keys, "VIDEO_SOURCE"];

    /// <summary>The process's environment.</summary>
    public static IReadOnlyDictionary<string, string> OfProcess() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Where(e => e.Value is string { Length: > 0 })
            .ToDictionary(e => (string)e.Key, e => (string)e.Value!, StringComparer.Ordinal);

    /// <summary>Lays the variables over the settings.</summary>
    /// <exception cref="SettingsException">A value is refused; the place is the variable's name.</exception>
    internal static MumuSettings Apply(MumuSettings settings, IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (name, setter) in Setters)
        {
            if (!environment.TryGetValue(name, out var value))
            {
                continue;
            }
            settings = setter(settings, value, name);
            foreach (var (_, reason) in SettingsRules.Problems(settings))
            {
                // Secret and addresses of one server come in two variables, so TURN is judged when all are in.
                if (!name.StartsWith("MUMU_HUB_TURN", StringComparison.Ordinal))
                {
                    throw new SettingsException(name, 0, reason);
                }
            }
        }
        return settings;
    }

    private static int Number(string value, string name) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new SettingsException(name, 0, "This is a whole number.");

    private static bool Flag(string value, string name) =>
        value switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => throw new SettingsException(name, 0, "This is true or false."),
        };

    private static T Word<T>(string value, string name)
        where T : struct, Enum =>
        EnumWords.TryParse<T>(value, out var word)
            ? word
            : throw new SettingsException(name, 0, $"This is one of: {string.Join(", ", EnumWords.Of(typeof(T)))}.");

    private static string[] List(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
