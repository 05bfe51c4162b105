// The two texts a device signs with its key; hub, agent and browser build them from the same words.
namespace Mumu.Signaling;

/// <summary>What is signed: UTF-8 text, lines joined by '\n', no line at the end. Signatures are ECDSA P-256 with SHA-256, r‖s (IEEE P1363), base64url without padding.</summary>
public static class DeviceProof
{
    /// <summary>Signed to prove a device to the hub.</summary>
    /// <param name="deviceId">The device's id.</param>
    /// <param name="nonce">The hub's nonce as received.</param>
    public static string HelloText(string deviceId, string nonce) => $"mumu-hello-v1\n{deviceId}\n{nonce}";

    /// <summary>Signed to register a device's key with the hub (proves the key is held).</summary>
    /// <param name="deviceId">The device's id.</param>
    /// <param name="publicKey">The key as sent.</param>
    /// <param name="time">Unix seconds; the hub accepts five minutes either way.</param>
    public static string RegisterText(string deviceId, string publicKey, long time) =>
        System.FormattableString.Invariant($"mumu-register-v1\n{deviceId}\n{publicKey}\n{time}");

    /// <summary>Signed in every answer, verified by the viewer before it shows a frame.</summary>
    /// <param name="sessionId">The watch session as the hub named it.</param>
    /// <param name="camera">The id of the camera that is shown, so that a hub can't show another one of the same device.</param>
    /// <param name="deviceFingerprint">SHA-256 of the device's DTLS certificate: 64 lower-case hex digits, no colons.</param>
    /// <param name="viewerFingerprint">The same of the viewer's, from its offer.</param>
    /// <param name="expires">Unix seconds.</param>
    public static string SessionText(string sessionId, string camera, string deviceFingerprint, string viewerFingerprint, long expires) =>
        System.FormattableString.Invariant($"mumu-session-v1\n{sessionId}\n{camera}\n{deviceFingerprint}\n{viewerFingerprint}\n{expires}");

    /// <summary>
    /// The short fingerprint people compare: the first 8 bytes of SHA-256 over the SubjectPublicKeyInfo, upper-case hex in pairs: <c>3F:A2:…</c>.
    /// </summary>
    public static string ShortFingerprint(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(subjectPublicKeyInfo, hash);
        return string.Join(':', Convert.ToHexString(hash[..8]).Chunk(2).Select(pair => new string(pair)));
    }
}
