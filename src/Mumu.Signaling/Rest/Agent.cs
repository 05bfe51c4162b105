// REST bodies of an agent's own API under /api/agent.
using System.Text.Json.Serialization;

namespace Mumu.Signaling.Rest;

/// <summary><c>GET /api/agent</c>.</summary>
/// <param name="DeviceId">The agent's id at the hub.</param>
/// <param name="Fingerprint">The short fingerprint of its key.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Cameras">In the order of its settings.</param>
public sealed record AgentInfo(string DeviceId, string Fingerprint, string Version, IReadOnlyList<AgentCamera> Cameras);

/// <summary>A camera of the agent; its password is never told.</summary>
/// <param name="Id">Its name in the settings file and its path in WHEP.</param>
/// <param name="Name">The name for people.</param>
/// <param name="Source"><c>rtsp</c> or <c>simulator</c>.</param>
/// <param name="Url">Without user and password; null for a simulator.</param>
/// <param name="User">The user at the camera.</param>
/// <param name="HasPassword">A password is stored.</param>
/// <param name="Transport"><c>auto</c>, <c>tcp</c> or <c>udp</c>; null for a simulator.</param>
/// <param name="OnDemand">It connects only while someone watches.</param>
/// <param name="State">How it is now.</param>
public sealed record AgentCamera(
    string Id,
    string Name,
    string Source,
    string? Url,
    string? User,
    bool HasPassword,
    string? Transport,
    bool OnDemand,
    CameraPresence State
);

/// <summary><c>POST /api/agent/cameras</c>.</summary>
/// <param name="Name">The name for people.</param>
/// <param name="Url"><c>rtsp://…</c>.</param>
/// <param name="Id">Made from the name where absent.</param>
/// <param name="User">The user at the camera.</param>
/// <param name="Password">The password at the camera.</param>
/// <param name="Transport"><c>auto</c> where absent.</param>
/// <param name="OnDemand">True where absent.</param>
public sealed record AddCameraRequest(
    string? Name,
    string? Url,
    string? Id = null,
    string? User = null,
    string? Password = null,
    string? Transport = null,
    bool? OnDemand = null
);

/// <summary><c>PATCH /api/agent/cameras/{id}</c>; absent fields stay as they are.</summary>
public sealed record UpdateCameraRequest(
    string? Name = null,
    string? Url = null,
    string? User = null,
    string? Password = null,
    string? Transport = null,
    bool? OnDemand = null
);

/// <summary><c>POST /api/agent/cameras/probe</c>.</summary>
public sealed record ProbeCameraRequest(string? Url, string? User = null, string? Password = null, string? Transport = null);

/// <summary>What the probe found.</summary>
/// <param name="Ok">The camera answered and has something to show.</param>
/// <param name="Tracks">Its tracks, when <paramref name="Ok"/>.</param>
/// <param name="Playable">A browser can play it, when <paramref name="Ok"/>.</param>
/// <param name="Code"><c>wrong_password, no_such_host, unreachable, not_found, unsupported_codec, protocol, stalled</c>, when not.</param>
/// <param name="Detail">A sentence for people, when not.</param>
public sealed record ProbeResult(
    bool Ok,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProbeTrack>? Tracks = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Playable = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null
);

/// <summary>One track of a probed camera.</summary>
/// <param name="Kind"><c>video</c> or <c>audio</c>.</param>
/// <param name="Codec">For example <c>H264</c>.</param>
/// <param name="Width">Pixels; 0 while unknown or for audio.</param>
/// <param name="Height">Pixels; 0 while unknown or for audio.</param>
/// <param name="Fps">Frames a second; 0 while unknown or for audio.</param>
public sealed record ProbeTrack(string Kind, string Codec, int Width, int Height, double Fps);
