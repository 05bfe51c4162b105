// What the command line and the environment say over the file.
using System.Globalization;

namespace Mumu.Agent.Settings;

/// <summary>Values that win over mumu.json for this run; never written to it. Command line wins over environment.</summary>
public sealed record SettingsOverrides
{
    /// <summary>The hub (<c>--hub</c>, <c>--backend</c>).</summary>
    public string? HubUrl { get; init; }

    /// <summary>The device id (<c>--device-id</c>).</summary>
    public string? DeviceId { get; init; }

    /// <summary>The device's name (<c>--device-name</c>).</summary>
    public string? DeviceName { get; init; }

    /// <summary><c>fake</c> makes sure there is a simulator (<c>--video-source</c>).</summary>
    public string? VideoSource { get; init; }

    /// <summary>Cameras by id with their address (<c>--camera front=rtsp://…</c>); <c>simulator</c> as address is the simulator.</summary>
    public IReadOnlyDictionary<string, string> Cameras { get; init; } = new Dictionary<string, string>();

    /// <summary>The address to listen on, for media too (<c>--bind</c>); null leaves the file's.</summary>
    public string? Bind { get; init; }

    /// <summary>Networks that the TURN server relays to, beside those of the file (<c>--turn-allow</c>).</summary>
    public IReadOnlyList<string> TurnAllow { get; init; } = [];

    /// <summary>Added to every port that is not 0 (<c>--port-offset</c>).</summary>
    public int PortOffset { get; init; }

    /// <summary>Reads one <c>--camera</c> argument: <c>id=address</c>.</summary>
    /// <exception cref="SettingsException">It is not of that form.</exception>
    public static (string Id, string Url) ParseCamera(string argument)
    {
        var at = argument.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? (argument[..at], argument[(at + 1)..])
            : throw new SettingsException("--camera", 0, "Write it as --camera front=rtsp://192.168.1.20/stream.");
    }

    /// <summary>Lays the environment and then these values over what the file says, and validates the result.</summary>
    /// <exception cref="SettingsException">A value is refused; the place names the variable or option.</exception>
    internal MumuSettings Apply(MumuSettings file, IReadOnlyDictionary<string, string> environment)
    {
        var settings = SettingsEnvironment.Apply(file, environment);
        settings = settings with
        {
            Hub = settings.Hub with { Url = HubUrl is null ? settings.Hub.Url : HubScheme(HubUrl) },
            Device = new DeviceSettings(DeviceId ?? settings.Device.Id, DeviceName ?? settings.Device.Name),
            Cameras = WithCameras(settings.Cameras, VideoSource ?? environment.GetValueOrDefault("VIDEO_SOURCE")),
            Ports = settings.Ports with
            {
                Web = Shift(settings.Ports.Web),
                Whep = Shift(settings.Ports.Whep),
                HubApi = Shift(settings.Ports.HubApi),
                Rtsp = Shift(settings.Ports.Rtsp),
                Rtsps = Shift(settings.Ports.Rtsps),
                Hls = Shift(settings.Ports.Hls),
                Rtmp = Shift(settings.Ports.Rtmp),
                Rtmps = Shift(settings.Ports.Rtmps),
                Control = Shift(settings.Ports.Control),
                Metrics = Shift(settings.Ports.Metrics),
            },
            Rtsp = settings.Rtsp with { UdpPort = Shift(settings.Rtsp.UdpPort) },
            WebRtc = settings.WebRtc with { Port = Shift(settings.WebRtc.Port), Bind = Bind ?? settings.WebRtc.Bind },
            Turn = settings.Turn with
            {
                Port = Shift(settings.Turn.Port),
                TlsPort = Shift(settings.Turn.TlsPort),
                Bind = Bind ?? settings.Turn.Bind,
                AllowedPeers = [.. settings.Turn.AllowedPeers, .. TurnAllow],
            },
        };
        foreach (var (path, reason) in SettingsRules.Problems(settings))
        {
            throw new SettingsException(PlaceOf(path), 0, reason);
        }
        return settings;
    }

    /// <summary>The old clients' BACKEND_URL may be a WebSocket address; both name the same server.</summary>
    internal static string HubScheme(string url) =>
        url.StartsWith("ws://", StringComparison.OrdinalIgnoreCase) ? "http" + url[2..]
        : url.StartsWith("wss://", StringComparison.OrdinalIgnoreCase) ? "https" + url[3..]
        : url;

    private Dictionary<string, CameraSettings> WithCameras(IReadOnlyDictionary<string, CameraSettings> file, string? videoSource)
    {
        var cameras = new Dictionary<string, CameraSettings>(file);
        foreach (var (id, url) in Cameras)
        {
            cameras[id] = url == "simulator" ? Simulator : new CameraSettings(Url: url);
        }
        switch (videoSource)
        {
            case null:
                break;
            case "fake":
                if (!cameras.Values.Any(c => c.Source == CameraSourceKind.Simulator))
                {
                    cameras.TryAdd("simulator", Simulator);
                }
                break;
            case "webcam" or "camera":
                throw new SettingsException(
                    "VIDEO_SOURCE",
                    0,
                    $"“{videoSource}” needs USB capture, which this version does not have yet. Use fake, or name a camera with --camera front=rtsp://…"
                );
            default:
                throw new SettingsException("VIDEO_SOURCE", 0, "The video source is one of: fake, webcam, camera.");
        }
        return cameras;
    }

    private int Shift(int port) => port == 0 ? 0 : port + PortOffset;

    private string PlaceOf(string path) =>
        path switch
        {
            "hub.url" => "--hub",
            "device.id" => "--device-id",
            "device.name" => "--device-name",
            _ when path.StartsWith("cameras.", StringComparison.Ordinal) => string.Create(
                CultureInfo.InvariantCulture,
                $"--camera {CameraId.Shown(path["cameras.".Length..].Split('.')[0])}"
            ),
            _ when path.StartsWith("turn.allowedPeers", StringComparison.Ordinal) => "--turn-allow",
            _ when PortOffset != 0 => "--port-offset",
            _ => path,
        };

    private static CameraSettings Simulator => new(Name: "Simulator", Source: CameraSourceKind.Simulator);
}
