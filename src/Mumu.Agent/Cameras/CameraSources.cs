// Makes the source a camera's settings describe.
using Mumu.Agent.Settings;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Units;

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
    public static CameraSourceFactory Maker(TimeProvider time) =>
        (_, settings) =>
            settings.Source switch
            {
                CameraSourceKind.Simulator => new SimulatorSource(Simulator(settings), time),
                _ => new RtspSource(Rtsp(settings), time),
            };

    public static CameraProber Prober(TimeProvider time) =>
        (settings, cancellation) => RtspProbe.ProbeAsync(Rtsp(settings), time, cancellation);

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
