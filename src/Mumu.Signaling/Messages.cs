// The payloads of the signaling messages, one record each; property names are snake_case on the wire.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mumu.Signaling;

/// <summary>A device says who it is. Without a key: accepted only where the owner allowed it ("unverified device").</summary>
/// <param name="DeviceId">1–100 characters of letters, digits, '-', '_', '.', ':'.</param>
/// <param name="Proof">Base64url ECDSA P-256/SHA-256 signature (64 bytes, r‖s) over <see cref="DeviceProof.HelloText"/>; absent in the first hello.</param>
public sealed record DeviceHello(
    string? DeviceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Proof = null
);

/// <summary>The hub's challenge to a device that registered a key.</summary>
/// <param name="Nonce">Base64url of 32 random bytes, good for this socket only.</param>
public sealed record Challenge(string Nonce);

/// <summary>A viewer says who it is.</summary>
/// <param name="Token">The access token.</param>
public sealed record ViewerHello(string? Token);

/// <summary>The hub knows the device.</summary>
public sealed record DeviceHelloAck(string DeviceId, string ServerTime, bool Paired);

/// <summary>The hub knows the viewer.</summary>
public sealed record ViewerHelloAck(string UserId, string ServerTime);

/// <summary>A sign of life: <c>{}</c>, and its acknowledgement the same.</summary>
public sealed record Heartbeat();

/// <summary>What our agents say of themselves; other devices may send any object of at most 4 KiB.</summary>
public sealed record DevicePresence(
    IReadOnlyList<CameraPresence> Cameras,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Version = null
);

/// <summary>One camera of a device, as viewers see it.</summary>
/// <param name="Id">The camera's name in the agent's settings: 1–64 characters of letters, digits, '-', '_'; also its path in WHEP.</param>
/// <param name="Name">The name for people.</param>
/// <param name="Status"><c>ready</c> (plays or would on demand), <c>connecting</c>, <c>offline</c>, <c>error</c>.</param>
/// <param name="Message">A sentence for people when the status is not <c>ready</c>.</param>
/// <param name="Codec">For example <c>H264</c>; null while unknown.</param>
/// <param name="Width">Picture width, 0 while unknown.</param>
/// <param name="Height">Picture height, 0 while unknown.</param>
/// <param name="Fps">Frames a second, 0 while unknown.</param>
/// <param name="Since">ISO 8601 time since when the status holds.</param>
public sealed record CameraPresence(
    string Id,
    string Name,
    string Status,
    string? Message,
    string? Codec,
    int Width,
    int Height,
    double Fps,
    string? Since
);

/// <summary>To every socket of every user who may see the device: it came, went, or changed.</summary>
public sealed record PresenceChanged(string DeviceId, bool IsOnline, string? LastSeen, JsonElement? Presence);

/// <summary>A proven device asks for a code to be typed by its future owner.</summary>
public sealed record PairingRequest();

/// <summary>The code: six digits, single use.</summary>
public sealed record PairingCode(string Code, string ExpiresAt, int Ttl);

/// <summary>The device has an owner now.</summary>
public sealed record Paired(string Username, string? DeviceName);

/// <summary>A viewer wants to watch.</summary>
/// <param name="DeviceId">Which device.</param>
/// <param name="Camera">Which of its cameras; null is its first.</param>
public sealed record WatchRequest(
    string? DeviceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Camera = null
);

/// <summary>The session exists; the viewer may send its offer.</summary>
public sealed record WatchReady(string SessionId, IReadOnlyList<IceServer> IceServers);

/// <summary>The device learns of the session.</summary>
public sealed record DeviceWatchRequest(
    string SessionId,
    string UserId,
    IReadOnlyList<IceServer> IceServers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Camera = null
);

/// <summary>A STUN or TURN server in the shape of RTCIceServer.</summary>
public sealed record IceServer(
    IReadOnlyList<string> Urls,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Username = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Credential = null
);

/// <summary>An offer or answer, opaque to the hub.</summary>
/// <param name="SessionId">The watch session (UUID).</param>
/// <param name="Sdp">The description.</param>
/// <param name="Identity">In answers of devices with a key: the device's signature, see <see cref="DeviceProof.SessionText"/>.</param>
public sealed record SignalSdp(
    string? SessionId,
    Sdp? Sdp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SessionIdentity? Identity = null
);

/// <summary>RTCSessionDescriptionInit.</summary>
/// <param name="Type"><c>offer</c> or <c>answer</c>.</param>
/// <param name="Text">The SDP; on the wire the property is called <c>sdp</c>.</param>
public sealed record Sdp(string? Type, [property: JsonPropertyName("sdp")] string? Text);

/// <summary>The device vouches for its end of the session.</summary>
/// <param name="PublicKey">Base64url SubjectPublicKeyInfo of the device's P-256 key.</param>
/// <param name="Expires">Unix seconds; at most five minutes ahead.</param>
/// <param name="Signature">Base64url, 64 bytes r‖s, ECDSA P-256 with SHA-256.</param>
/// <param name="Camera">The id of the camera that is shown; part of the signed text.</param>
public sealed record SessionIdentity(string PublicKey, long Expires, string Signature, string Camera);

/// <summary>A trickled candidate; null candidate is end-of-candidates.</summary>
public sealed record SignalIce(string? SessionId, IceCandidateInit? Candidate);

/// <summary>RTCIceCandidateInit; these names are camelCase on the wire, as browsers have them.</summary>
public sealed record IceCandidateInit(
    [property: JsonPropertyName("candidate")] string? Candidate,
    [property: JsonPropertyName("sdpMid")] string? SdpMid,
    [property: JsonPropertyName("sdpMLineIndex")] int? SdpMLineIndex
);

/// <summary>Either end leaves.</summary>
/// <param name="SessionId">The watch session.</param>
/// <param name="Reason">Ours, from a device: a sentence for the viewer, for example why the camera can't be shown.</param>
public sealed record EndWatch(
    string? SessionId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null
);

/// <summary>The session is over.</summary>
/// <param name="SessionId">The watch session.</param>
/// <param name="Reason">One of <see cref="WatchEndReasons"/>.</param>
/// <param name="Message">Ours: a sentence for people where one is known.</param>
public sealed record WatchEnded(
    string SessionId,
    string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message = null
);

/// <summary>Something was refused.</summary>
public sealed record ErrorMessage(string Message);
