// REST bodies of devices and pairing.
using System.Text.Json;

namespace Mumu.Signaling.Rest;

/// <summary><c>POST /api/devices/register</c>. With a public key, time and signature are required too.</summary>
/// <param name="DeviceId">1–100 characters of letters, digits, '-', '_', '.', ':'.</param>
/// <param name="DeviceName">The name for people until its owner renames it, at most 100 characters.</param>
/// <param name="DeviceType"><c>camera</c> where absent.</param>
/// <param name="PublicKey">Base64url SubjectPublicKeyInfo of a P-256 key.</param>
/// <param name="Time">Unix seconds, within five minutes of the hub's clock.</param>
/// <param name="Signature">Base64url, over <see cref="DeviceProof.RegisterText"/>.</param>
public sealed record RegisterDeviceRequest(
    string? DeviceId,
    string? DeviceName = null,
    string? DeviceType = null,
    string? PublicKey = null,
    long? Time = null,
    string? Signature = null
);

/// <summary>The device is known.</summary>
public sealed record RegisterDeviceResponse(string DeviceId, string Message);

/// <summary>A device in <c>GET /api/devices</c>.</summary>
/// <param name="Id">Number of the device.</param>
/// <param name="DeviceId">Its id on the wire.</param>
/// <param name="DeviceName">The name for people.</param>
/// <param name="DeviceType">Usually <c>camera</c>.</param>
/// <param name="IsOnline">Whether it is connected.</param>
/// <param name="LastSeen">ISO 8601; null if it never connected.</param>
/// <param name="Verified">It registered a key and proves it on every connection.</param>
/// <param name="Allowed">It may connect: verified, or its owner allows it without a key.</param>
/// <param name="PublicKey">Base64url SubjectPublicKeyInfo; null where not verified.</param>
/// <param name="Fingerprint">The short fingerprint of the key.</param>
/// <param name="Role">The caller's role on it: <c>owner</c>, <c>admin</c> or <c>viewer</c>.</param>
/// <param name="Room">Where it stands, in the owner's words.</param>
/// <param name="Presence">What it last said of itself; <see cref="DevicePresence"/> for our agents.</param>
public sealed record DeviceInfo(
    long Id,
    string DeviceId,
    string DeviceName,
    string DeviceType,
    bool IsOnline,
    string? LastSeen,
    bool Verified,
    bool Allowed,
    string? PublicKey,
    string? Fingerprint,
    string Role,
    string? Room,
    JsonElement? Presence
);

/// <summary><c>GET /api/devices/{device_id}/status</c>.</summary>
public sealed record DeviceStatus(string DeviceId, bool IsOnline, string? LastSeen);

/// <summary><c>PATCH /api/devices/{device_id}</c>, for its owner; absent fields stay as they are.</summary>
/// <param name="DeviceName">1–100 characters.</param>
/// <param name="Room">At most 100 characters; an empty text removes it.</param>
/// <param name="AllowUnverified">Whether a device without a key may connect.</param>
public sealed record UpdateDeviceRequest(string? DeviceName = null, string? Room = null, bool? AllowUnverified = null);

/// <summary><c>POST /api/devices/pair</c>.</summary>
/// <param name="PairingCode">Six digits.</param>
/// <param name="AllowUnverified">The user saw that the device has no key and wants it all the same.</param>
/// <param name="Token">Where old clients put the access token; others send <c>Authorization: Bearer</c>.</param>
public sealed record PairRequest(string? PairingCode, bool? AllowUnverified = null, string? Token = null);

/// <summary>The device is paired with the caller.</summary>
public sealed record PairResponse(string Message, PairedDevice Device);

/// <summary>What the caller pins.</summary>
/// <param name="DeviceId">Its id on the wire.</param>
/// <param name="DeviceName">The name for people.</param>
/// <param name="Verified">It has a key.</param>
/// <param name="Allowed">It may connect.</param>
/// <param name="PublicKey">Base64url SubjectPublicKeyInfo, to be kept by the client.</param>
/// <param name="Fingerprint">The short fingerprint people compare.</param>
/// <param name="Role"><c>owner</c> for the first, <c>viewer</c> for those after.</param>
public sealed record PairedDevice(
    string DeviceId,
    string DeviceName,
    bool Verified,
    bool Allowed,
    string? PublicKey,
    string? Fingerprint,
    string Role
);
