// Makes the source a camera's settings describe.
using Mumu.Agent.Settings;
using Mumu.Agent.Whep;
using Mumu.Agent.Whip;
using Mumu.Media.Sources;
using Mumu.Media.Sources.Files;
using Mumu.Media.Sources.Http;
using Mumu.Media.Sources.MpegTs;
using Mumu.Media.Sources.Rtmp;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Cameras;

/// <summary>Makes the source of one run of a camera.</summary>
/// <param name="id">The camera's id.</param>
/// <param name="settings">Its settings.</param>
public delegate ISource CameraSourceFactory(string id, CameraSettings settings);

/// <summary>Asks a camera for its tracks without playing it.</summary>
/// <exception cref="SourceException">It has none to give.</exception>
public delegate Task<IReadOnlyList<TrackFormat>> CameraProber(CameraSettings settings, CancellationToken cancellation);

/// <summary>The sources there are. Nothing here, and nothing in the settings, can name a program.</summary>
internal static class CameraSources
{
    /// <summary>The folder of files to play, in the data folder.</summary>
    public const string MediaFolderName = "media";

    public static CameraSourceFactory Maker(
        TimeProvider time,
        WebRtcEngine engine,
        string? dataDirectory = null,
        Func<OutboundNetworks>? networks = null
    ) =>
        (_, settings) =>
            settings.Source switch
            {
                CameraSourceKind.Simulator => new SimulatorSource(Simulator(settings), time),
                CameraSourceKind.File => new FileSource(
                    new MediaFolder(Path.Combine(dataDirectory ?? Directory.GetCurrentDirectory(), MediaFolderName)),
                    settings.File!,
                    time
                ),
                _ => ByAddress(settings, time, engine, networks?.Invoke() ?? OutboundNetworks.Usual),
            };

    public static CameraProber Prober(TimeProvider time, WebRtcEngine engine, Func<OutboundNetworks>? networks = null) =>
        (settings, cancellation) =>
            SourceProbe.ProbeAsync(ByAddress(settings, time, engine, networks?.Invoke() ?? OutboundNetworks.Usual), cancellation);

    private static ISource ByAddress(CameraSettings settings, TimeProvider time, WebRtcEngine engine, OutboundNetworks networks) =>
        CameraUrl.IsTransportStream(settings.Url) ? new UdpTsSource(UdpTsOptions.Parse(settings.Url!, out _)!, time)
        : CameraUrl.IsWhep(settings.Url)
            ? new WhepSource(engine, SdpTarget.Of(settings.Url!, settings.User, settings.Password) with { Networks = networks }, time)
        : CameraUrl.IsHttp(settings.Url) ? new HttpSource(Http(settings) with { Networks = networks }, time)
        : CameraUrl.IsRtmp(settings.Url) ? new RtmpSource(Rtmp(settings) with { Networks = networks }, time)
        : new RtspSource(Rtsp(settings) with { Networks = networks }, time);

    private static HttpSourceOptions Http(CameraSettings settings) =>
        new()
        {
            Uri = new Uri(settings.Url!),
            UserName = settings.User,
            Password = settings.Password,
            PollInterval = TimeSpan.FromSeconds(1.0 / Math.Max(1, settings.Fps)),
        };

    // Servers of RTMP want user and password in the query.
    private static RtmpOptions Rtmp(CameraSettings settings)
    {
        var uri = new UriBuilder(settings.Url!);
        if (settings.User is not null || settings.Password is not null)
        {
            var credentials = $"user={Uri.EscapeDataString(settings.User ?? "")}&pass={Uri.EscapeDataString(settings.Password ?? "")}";
            uri.Query = uri.Query.Length > 1 ? $"{uri.Query[1..]}&{credentials}" : credentials;
        }
        return new RtmpOptions { Uri = uri.Uri };
    }

    private static RtspOptions Rtsp(CameraSettings settings) =>
        new()
        {
            Uri = new Uri(settings.Url!),
            UserName = settings.User,
            Password = settings.Password,
            Transport = settings.Transport switch
            {
                CameraTransport.Tcp => RtspTransportMode.Tcp,
                CameraTransport.Udp => RtspTransportMode.Udp,
                _ => RtspTransportMode.Auto,
            },
        };

    private static SimulatorOptions Simulator(CameraSettings settings)
    {
        var usual = new SimulatorOptions();
        return usual with
        {
            Width = settings.Width == 0 ? usual.Width : settings.Width,
            Height = settings.Height == 0 ? usual.Height : settings.Height,
            Fps = settings.Fps == 0 ? usual.Fps : settings.Fps,
            Kbps = settings.Kbps == 0 ? usual.Kbps : settings.Kbps,
        };
    }
}
