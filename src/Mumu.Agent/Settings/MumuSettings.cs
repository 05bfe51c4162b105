// The whole of mumu.json as one record: every section, with the default of every value.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Settings;

/// <summary>All settings of the program; immutable, a change makes a new one. Names on disk are camelCase.</summary>
/// <param name="Schema">Where an editor finds the schema; ignored by the program.</param>
/// <param name="Device">Who this device is.</param>
/// <param name="Cameras">Cameras by id: 1–64 characters of letters, digits, '-' and '_'. The order is the order people see.</param>
/// <param name="WebRtc">The media engine.</param>
/// <param name="Hub">The hub this device reports to, and the hub this program runs.</param>
/// <param name="Ports">Where the program listens.</param>
/// <param name="Turn">The STUN and TURN server of this program.</param>
/// <param name="Rtsp">The RTSP server.</param>
/// <param name="Hls">The HLS server.</param>
/// <param name="Control">The control API.</param>
/// <param name="Metrics">The metrics for Prometheus.</param>
/// <param name="Access">Who may do what, besides API keys.</param>
/// <param name="Rtmp">The RTMP server.</param>
/// <param name="Transcode">What may be transcoded.</param>
/// <param name="Outbound">Where the program may connect to on behalf of these settings.</param>
/// <param name="Events">Whom the program tells of events.</param>
/// <param name="Log">How the program logs.</param>
public sealed record MumuSettings(
    [property: JsonPropertyName("$schema")] string? Schema = null,
    DeviceSettings? Device = null,
    IReadOnlyDictionary<string, CameraSettings>? Cameras = null,
    WebRtcSettings? WebRtc = null,
    HubSettings? Hub = null,
    PortSettings? Ports = null,
    TurnServerSettings? Turn = null,
    RtspSettings? Rtsp = null,
    HlsSettings? Hls = null,
    ControlSettings? Control = null,
    MetricsSettings? Metrics = null,
    AccessSettings? Access = null,
    RtmpSettings? Rtmp = null,
    TranscodeSettings? Transcode = null,
    OutboundSettings? Outbound = null,
    EventSettings? Events = null,
    LogSettings? Log = null
)
{
    /// <summary>Who this device is.</summary>
    public DeviceSettings Device { get; init; } = Device ?? new DeviceSettings();

    /// <summary>Cameras by id, in the order of the file.</summary>
    public IReadOnlyDictionary<string, CameraSettings> Cameras { get; init; } = Cameras ?? new Dictionary<string, CameraSettings>();

    /// <summary>The media engine.</summary>
    [JsonPropertyName("webrtc")]
    public WebRtcSettings WebRtc { get; init; } = WebRtc ?? new WebRtcSettings();

    /// <summary>The hub this device reports to, and the hub this program runs.</summary>
    public HubSettings Hub { get; init; } = Hub ?? new HubSettings();

    /// <summary>Where the program listens.</summary>
    public PortSettings Ports { get; init; } = Ports ?? new PortSettings();

    /// <summary>The STUN and TURN server of this program.</summary>
    public TurnServerSettings Turn { get; init; } = Turn ?? new TurnServerSettings();

    /// <summary>The RTSP server.</summary>
    public RtspSettings Rtsp { get; init; } = Rtsp ?? new RtspSettings();

    /// <summary>The HLS server.</summary>
    public HlsSettings Hls { get; init; } = Hls ?? new HlsSettings();

    /// <summary>The control API.</summary>
    public ControlSettings Control { get; init; } = Control ?? new ControlSettings();

    /// <summary>The metrics for Prometheus.</summary>
    public MetricsSettings Metrics { get; init; } = Metrics ?? new MetricsSettings();

    /// <summary>Who may do what, besides API keys.</summary>
    public AccessSettings Access { get; init; } = Access ?? new AccessSettings();

    /// <summary>The RTMP server.</summary>
    public RtmpSettings Rtmp { get; init; } = Rtmp ?? new RtmpSettings();

    /// <summary>What may be transcoded.</summary>
    public TranscodeSettings Transcode { get; init; } = Transcode ?? new TranscodeSettings();

    /// <summary>Where the program may connect to on behalf of these settings.</summary>
    public OutboundSettings Outbound { get; init; } = Outbound ?? new OutboundSettings();

    /// <summary>Whom the program tells of events.</summary>
    public EventSettings Events { get; init; } = Events ?? new EventSettings();

    /// <summary>How the program logs.</summary>
    public LogSettings Log { get; init; } = Log ?? new LogSettings();
}

/// <summary>Who this device is.</summary>
/// <param name="Id">The device id; null makes it from the device's key. 1–100 characters of letters, digits, '-', '_', '.', ':'.</param>
/// <param name="Name">The name shown until an owner gives another; null is the machine's name.</param>
public sealed record DeviceSettings(string? Id = null, string? Name = null);

/// <summary>The media engine.</summary>
/// <param name="Bind">The address its UDP socket binds; null is every address.</param>
/// <param name="Port">The UDP port all viewers share, 1–65535; 0 picks a free one.</param>
/// <param name="Loops">Network loops; 0 is one per core, at most 64.</param>
/// <param name="MaxViewers">Viewers at a time, 1–10000.</param>
/// <param name="Stun">STUN servers asked for this machine's public address, as <c>stun:host:port</c>.</param>
/// <param name="Tcp">Listens on TCP too, at the same ports, for viewers whose networks let no UDP through.</param>
public sealed record WebRtcSettings(
    string? Bind = null,
    int Port = 8189,
    int Loops = 0,
    int MaxViewers = 1000,
    IReadOnlyList<string>? Stun = null,
    bool Tcp = true
)
{
    /// <summary>STUN servers asked for this machine's public address.</summary>
    public IReadOnlyList<string> Stun { get; init; } = Stun ?? [];

    /// <summary>The loops there will be: as set, or one per core.</summary>
    public int LoopCount() => Loops == 0 ? Math.Min(64, Environment.ProcessorCount) : Loops;
}

/// <summary>The hub: the one this device reports to, and how the one this program runs behaves.</summary>
/// <param name="Url">The hub this device reports to, http or https; null is the hub in the same program.</param>
/// <param name="Registration">Whether strangers may make an account on the hub run here.</param>
/// <param name="PublicUrl">Under which address people reach the hub run here; goes into QR codes.</param>
/// <param name="IceServers">STUN and TURN servers given to both ends of every session.</param>
/// <param name="Turn">A TURN server with time-limited credentials (coturn's REST scheme).</param>
public sealed record HubSettings(
    string? Url = null,
    HubRegistration Registration = HubRegistration.Open,
    string? PublicUrl = null,
    IReadOnlyList<IceServerSettings>? IceServers = null,
    TurnSettings? Turn = null
)
{
    /// <summary>STUN and TURN servers given to both ends of every session.</summary>
    public IReadOnlyList<IceServerSettings> IceServers { get; init; } = IceServers ?? [];
}

/// <summary>Whether strangers may make an account.</summary>
public enum HubRegistration
{
    /// <summary>Anyone may; they see nothing until they pair a device.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>Only who has an account already.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,
}

/// <summary>A STUN or TURN server in the shape of RTCIceServer.</summary>
/// <param name="Urls">Addresses as <c>stun:…</c>, <c>turn:…</c> or <c>turns:…</c>.</param>
/// <param name="Username">For TURN.</param>
/// <param name="Credential">For TURN; secret.</param>
public sealed record IceServerSettings(IReadOnlyList<string>? Urls = null, string? Username = null, string? Credential = null)
{
    /// <summary>Addresses as <c>stun:…</c>, <c>turn:…</c> or <c>turns:…</c>.</summary>
    public IReadOnlyList<string> Urls { get; init; } = Urls ?? [];

    /// <summary>The addresses, never the credential.</summary>
    public override string ToString() => string.Join(' ', Urls);
}

/// <summary>A TURN server with time-limited credentials.</summary>
/// <param name="Urls">Addresses as <c>turn:…</c> or <c>turns:…</c>.</param>
/// <param name="Secret">The secret shared with the TURN server.</param>
public sealed record TurnSettings(IReadOnlyList<string>? Urls = null, string? Secret = null)
{
    /// <summary>Addresses as <c>turn:…</c> or <c>turns:…</c>.</summary>
    public IReadOnlyList<string> Urls { get; init; } = Urls ?? [];

    /// <summary>The addresses, never the secret.</summary>
    public override string ToString() => string.Join(' ', Urls);
}

/// <summary>TCP ports, 1–65535. Read at start.</summary>
/// <param name="Web">Web app, hub API and signaling: the port for people.</param>
/// <param name="Whep">WHEP for readers on the local network.</param>
/// <param name="HubApi">Hub API and signaling again, for existing clients.</param>
/// <param name="Rtsp">RTSP.</param>
/// <param name="Rtsps">RTSP in TLS, where there is a certificate.</param>
/// <param name="Control">The control API.</param>
/// <param name="Metrics">Metrics for Prometheus.</param>
/// <param name="Rtmp">RTMP.</param>
/// <param name="Rtmps">RTMP in TLS, where there is a certificate.</param>
/// <param name="Hls">HLS for readers on the local network.</param>
public sealed record PortSettings(
    int Web = 8080,
    int Whep = 8889,
    int HubApi = 8000,
    int Rtsp = 8554,
    int Rtsps = 8322,
    int Control = 9997,
    int Metrics = 9998,
    int Rtmp = 1935,
    int Rtmps = 1936,
    int Hls = 8888
);
