// The device's word for its end of one watch session.
using Mumu.Signaling;

namespace Mumu.Agent.Identity;

/// <summary>Signs session id, camera, both DTLS fingerprints and an expiry, so that a viewer knows no one sits between.</summary>
internal static class SessionProof
{
    /// <summary>How long a viewer may take to verify; the protocol allows five minutes.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(4);

    /// <summary>Makes the identity that goes with an answer.</summary>
    /// <param name="identity">The device.</param>
    /// <param name="sessionId">The session as the hub named it.</param>
    /// <param name="camera">The id of the camera it shows.</param>
    /// <param name="localFingerprint">Ours: 64 lower-case hex digits.</param>
    /// <param name="remoteFingerprint">The viewer's, from its offer.</param>
    /// <param name="now">The wall clock.</param>
    public static SessionIdentity Sign(
        DeviceIdentity identity,
        string sessionId,
        string camera,
        string localFingerprint,
        string remoteFingerprint,
        DateTimeOffset now
    )
    {
        var expires = (now + Lifetime).ToUnixTimeSeconds();
        var text = DeviceProof.SessionText(sessionId, camera, localFingerprint, remoteFingerprint, expires);
        return new SessionIdentity(identity.PublicKey, expires, identity.Sign(text), camera);
    }
}
