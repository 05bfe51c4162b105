// One camera in mumu.json: a stream from the network, or the simulator.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Settings;

/// <summary>Where a camera's picture comes from.</summary>
public enum CameraSourceKind
{
    /// <summary>An address of the network, whatever its protocol; RTSP in most cases.</summary>
    [JsonStringEnumMemberName("rtsp")]
    Rtsp,

    /// <summary>A moving test picture made by the program itself.</summary>
    [JsonStringEnumMemberName("simulator")]
    Simulator,

    /// <summary>Whoever publishes to the camera's path.</summary>
    [JsonStringEnumMemberName("publisher")]
    Publisher,

    /// <summary>A file of the folder <c>media</c> in the data folder, played over and over.</summary>
    [JsonStringEnumMemberName("file")]
    File,
}

/// <summary>How RTP travels from an RTSP camera.</summary>
public enum CameraTransport
{
    /// <summary>What works: TCP first.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>Within the RTSP connection.</summary>
    [JsonStringEnumMemberName("tcp")]
    Tcp,

    /// <summary>Own UDP ports: less delay, may lose packets.</summary>
    [JsonStringEnumMemberName("udp")]
    Udp,
}

/// <summary>One camera. All members but the targets are plain values, so equality says whether a reload must restart it.</summary>
/// <param name="Name">The name for people, up to 100 characters; null is the id.</param>
/// <param name="Source">Where the picture comes from.</param>
/// <param name="Url">For <see cref="CameraSourceKind.Rtsp"/>: <c>rtsp://</c>, <c>rtsps://</c>, <c>http://</c>, <c>https://</c> or <c>udp://</c>; nothing that names a program or a file, ever.</param>
/// <param name="User">The camera's user, if it wants one.</param>
/// <param name="Password">The camera's password. Secret: in the file only, never in logs or answers.</param>
/// <param name="Transport">How RTP travels.</param>
/// <param name="OnDemand">True: the camera is only asked while someone watches.</param>
/// <param name="Width">Simulator: picture width, 256–4096, even; 0 is its default.</param>
/// <param name="Height">Simulator: picture height, 144–2304, even; 0 is its default.</param>
/// <param name="Fps">Simulator: frames a second, 1–120; 0 is its default. An address that gives single pictures: how many are fetched a second, 1–30; 0 is one.</param>
/// <param name="Kbps">Simulator: kilobits a second, 50–50000; 0 is its default.</param>
/// <param name="File">For <see cref="CameraSourceKind.File"/>: an MP4 file or a transport stream below the folder <c>media</c> in the data folder.</param>
/// <param name="Sub">The address of the camera's second, smaller stream, at the same host and with the same user; it is read at the path <c>{camera}/sub</c>.</param>
/// <param name="Filler">True: while the camera is away, a picture says since when, and readers stay connected. For cameras that send H.264.</param>
/// <param name="Forward">Where its stream is sent on to; a change of it disturbs nobody.</param>
public sealed record CameraSettings(
    string? Name = null,
    CameraSourceKind Source = CameraSourceKind.Rtsp,
    string? Url = null,
    string? User = null,
    string? Password = null,
    CameraTransport Transport = CameraTransport.Auto,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool OnDemand = true,
    int Width = 0,
    int Height = 0,
    int Fps = 0,
    int Kbps = 0,
    string? File = null,
    string? Sub = null,
    bool Filler = false,
    IReadOnlyList<ForwardSettings>? Forward = null
)
{
    /// <summary>Name and address without user or password, for logs.</summary>
    public override string ToString() => Url is null ? $"{Source}" : $"{Source} {CameraUrl.WithoutSecrets(Url)}";
}
