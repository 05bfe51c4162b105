// What settings must be beyond their shape: ranges, addresses, and what belongs together.
using System.Net;
using Mumu.Media.Sources.Files;

namespace Mumu.Agent.Settings;

/// <summary>The rules, each giving the path of the value it refuses and a sentence.</summary>
internal static class SettingsRules
{
    public const int MaxCameras = 256;

    public static IEnumerable<(string Path, string Reason)> Problems(MumuSettings settings) =>
        [
            .. Device(settings.Device),
            .. Cameras(settings.Cameras),
            .. WebRtc(settings.WebRtc),
            .. Hub(settings.Hub),
            .. Ports(settings.Ports),
            .. RtspSettings.Problems(settings.Rtsp),
            .. RtmpSettings.Problems(settings.Rtmp),
            .. HlsSettings.Problems(settings.Hls),
            .. TurnServerRules.Problems(settings.Turn),
            .. ControlSettings.Problems(settings.Control),
            .. MetricsSettings.Problems(settings.Metrics),
            .. TranscodeSettings.Problems(settings.Transcode),
            .. AccessRules.Problems(settings.Access),
            .. OutboundSettings.Problems(settings.Outbound),
            .. EventSettings.Problems(settings.Events),
        ];

    /// <summary>A camera's own rules; the path is within the camera.</summary>
    public static IEnumerable<(string Path, string Reason)> Camera(CameraSettings camera) =>
        [.. CameraItself(camera), .. ForwardSettings.Problems(camera.Forward ?? [])];

    private static IEnumerable<(string Path, string Reason)> CameraItself(CameraSettings camera)
    {
        if (camera.Name is { } name && Label(name) is { } bad)
        {
            yield return ("name", bad);
        }
        if (camera.Source == CameraSourceKind.File && MediaFolder.Problem(camera.File) is { } wrongFile)
        {
            yield return ("file", wrongFile);
        }
        if (camera is { Source: not CameraSourceKind.File, File: not null })
        {
            yield return ("file", "“file” goes with “source”: “file”.");
        }
        if (camera is { Filler: true, Source: CameraSourceKind.Publisher })
        {
            yield return ("filler", "“filler” goes with a camera that has an address.");
        }
        if (camera.Sub is { } second && SubProblem(camera, second) is { } wrongSub)
        {
            yield return ("sub", wrongSub);
        }
        if (camera.Source == CameraSourceKind.Rtsp)
        {
            if (CameraUrl.Problem(camera.Url) is { } problem)
            {
                yield return ("url", problem);
            }
            // As it will be used: what stands in the address in front of the host counts, too.
            var used = CameraUrl.SplitUserInfo(camera);
            if (used.User is { } user && (user.Length > 256 || user.Any(char.IsControl)))
            {
                yield return ("user", "A camera's user has at most 256 characters.");
            }
            if (used.Password is { } password && (password.Length > 256 || password.Any(char.IsControl)))
            {
                yield return ("password", "A camera's password has at most 256 characters.");
            }
            if (camera.Fps is < 0 or > 30)
            {
                yield return ("fps", "“fps” of a camera with an address is how many single pictures are fetched a second, 1–30.");
            }
            yield break;
        }
        if (camera.Url is not null)
        {
            var what = camera.Source switch
            {
                CameraSourceKind.Simulator => "The simulator",
                CameraSourceKind.File => "A file",
                _ => "A camera that is published to",
            };
            yield return ("url", $"{what} has no address; remove “url”, or set “source” to “rtsp”.");
        }
        if (camera.Width != 0 && (camera.Width is < 256 or > 4096 || camera.Width % 2 != 0))
        {
            yield return ("width", "“width” is an even number of 256–4096 pixels.");
        }
        if (camera.Height != 0 && (camera.Height is < 144 or > 2304 || camera.Height % 2 != 0))
        {
            yield return ("height", "“height” is an even number of 144–2304 pixels.");
        }
        if (camera.Fps is < 0 or > 120)
        {
            yield return ("fps", "“fps” is 1–120 frames a second.");
        }
        if (camera.Kbps is < 0 or > 50_000 or (> 0 and < 50))
        {
            yield return ("kbps", "“kbps” is 50–50000 kilobits a second.");
        }
    }

    // One device, so one host and one account: the password of the camera goes nowhere else.
    private static string? SubProblem(CameraSettings camera, string sub) =>
        camera.Source != CameraSourceKind.Rtsp ? "“sub” goes with a camera that has an address."
        : CameraUrl.Problem(sub) is { } problem ? problem
        : CameraUrl.HasUserInfo(sub) ? "“sub” has no user or password of its own; those of the camera are used."
        : !CameraUrl.IsTransportStream(sub) && !CameraUrl.SameHost(CameraUrl.SplitUserInfo(camera).Url, sub)
            ? "“sub” is the second stream of the same camera: at the same host and port, by the same protocol."
        : null;

    private static IEnumerable<(string, string)> Device(DeviceSettings device)
    {
        if (
            device.Id is { } id
            && !(id.Length is >= 1 and <= 100 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':'))
        )
        {
            yield return ("device.id", "A device id is 1–100 letters, digits, '-', '_', '.' or ':'.");
        }
        if (device.Name is { } name && Label(name) is { } bad)
        {
            yield return ("device.name", bad);
        }
    }

    private static IEnumerable<(string, string)> Cameras(IReadOnlyDictionary<string, CameraSettings> cameras)
    {
        if (cameras.Count > MaxCameras)
        {
            yield return ("cameras", $"There are more than {MaxCameras} cameras.");
        }
        foreach (var (id, camera) in cameras)
        {
            if (!CameraId.IsValid(id))
            {
                yield return ($"cameras.{id}", $"“{CameraId.Shown(id)}” can't be a camera's id: {CameraId.Rule}");
            }
            if (camera is null)
            {
                yield return ($"cameras.{id}", $"“cameras.{id}” is a group of settings in {{ }}.");
                continue;
            }
            foreach (var (path, reason) in Camera(camera))
            {
                yield return ($"cameras.{id}.{path}", reason);
            }
        }
    }

    private static IEnumerable<(string, string)> WebRtc(WebRtcSettings webRtc)
    {
        if (webRtc.Bind is { } bind && !IPAddress.TryParse(bind, out _))
        {
            yield return ("webrtc.bind", "“webrtc.bind” is an IP address of this machine.");
        }
        if (webRtc.Port is < 0 or > 65535)
        {
            yield return ("webrtc.port", "A port is 1–65535.");
        }
        if (webRtc.Loops is < 0 or > 64)
        {
            yield return ("webrtc.loops", "“webrtc.loops” is 0 (one per core) to 64.");
        }
        if (webRtc.MaxViewers is < 1 or > 10_000)
        {
            yield return ("webrtc.maxViewers", "“webrtc.maxViewers” is 1–10000.");
        }
        for (var i = 0; i < webRtc.Stun.Count; i++)
        {
            if (!Scheme(webRtc.Stun[i], "stun:"))
            {
                yield return ($"webrtc.stun[{i}]", "A STUN server is written stun:host:port.");
            }
        }
    }

    private static IEnumerable<(string, string)> Hub(HubSettings hub)
    {
        if (hub.Url is { } url && HttpProblem(url) is { } problem)
        {
            yield return ("hub.url", problem);
        }
        if (hub.PublicUrl is { } publicUrl && HttpProblem(publicUrl) is { } publicProblem)
        {
            yield return ("hub.publicUrl", publicProblem);
        }
        for (var i = 0; i < hub.IceServers.Count; i++)
        {
            if (
                hub.IceServers[i] is not { Urls.Count: > 0 } server
                || !server.Urls.All(u => Scheme(u, "stun:", "stuns:", "turn:", "turns:"))
            )
            {
                yield return ($"hub.iceServers[{i}]", "An ICE server has “urls”, a list of stun:, turn: or turns: addresses.");
            }
        }
        if (hub.Turn is { } turn)
        {
            if (turn.Urls.Count == 0 || !turn.Urls.All(u => Scheme(u, "turn:", "turns:")))
            {
                yield return ("hub.turn.urls", "“hub.turn.urls” is a list of turn: or turns: addresses.");
            }
            if (string.IsNullOrEmpty(turn.Secret))
            {
                yield return ("hub.turn.secret", "“hub.turn” needs the “secret” it shares with the TURN server.");
            }
        }
    }

    private static IEnumerable<(string, string)> Ports(PortSettings ports)
    {
        (string Path, int Port)[] all =
        [
            ("ports.web", ports.Web),
            ("ports.hubApi", ports.HubApi),
            ("ports.whep", ports.Whep),
            ("ports.rtsp", ports.Rtsp),
            ("ports.rtsps", ports.Rtsps),
            ("ports.control", ports.Control),
            ("ports.metrics", ports.Metrics),
            ("ports.hls", ports.Hls),
            ("ports.rtmp", ports.Rtmp),
            ("ports.rtmps", ports.Rtmps),
        ];
        foreach (var (path, _) in all.Where(p => p.Port is < 1 or > 65535))
        {
            yield return (path, "A port is 1–65535.");
        }
        foreach (var same in all.GroupBy(p => p.Port).Where(group => group.Count() > 1))
        {
            yield return (same.Last().Path, $"“{same.First().Path}” and “{same.Last().Path}” are the same port.");
        }
    }

    private static string? HttpProblem(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0
        && uri.Host.Length > 0
            ? null
            : "A hub's address begins with https:// or http:// and has no user or password.";

    private static bool Scheme(string? url, params ReadOnlySpan<string> schemes)
    {
        foreach (var scheme in schemes)
        {
            if (url is { Length: <= 512 } && url.StartsWith(scheme, StringComparison.Ordinal) && url.Length > scheme.Length)
            {
                return true;
            }
        }
        return false;
    }

    private static string? Label(string name) =>
        name.Length is < 1 or > 100 || string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl) ? "A name has 1–100 characters." : null;
}
