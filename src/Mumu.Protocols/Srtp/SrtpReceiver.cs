// Turns SRTP and SRTCP of one direction back into RTP and RTCP, or refuses it.
namespace Mumu.Protocols.Srtp;

/// <summary>
/// The receiving half of an SRTP session: authenticates, estimates the roll-over counter per SSRC, refuses replays (RFC 3711 §3.3). Used by one thread at a time.
/// Allocates only when a new SSRC has been authenticated.
/// </summary>
public sealed class SrtpReceiver : IDisposable
{
    /// <summary>How many SSRCs are followed at most; packets of more are refused.</summary>
    public const int MaxSources = 64;

    /// <summary>Derives the session keys.</summary>
    /// <param name="profile">As negotiated; not <see cref="SrtpProfile.None" />.</param>
    /// <param name="keys">The peer's master key and salt, of the profile's length.</param>
    public SrtpReceiver(SrtpProfile profile, in SrtpKeys keys) => throw new NotImplementedException($"{profile} {keys}");

    /// <summary>Packets refused because they were malformed, forged or of one source too many.</summary>
    public long Refused { get; }

    /// <summary>Authentic-looking packets refused because their index was seen or is too old.</summary>
    public long Replayed { get; }

    /// <summary>Decrypts an RTP packet in place.</summary>
    /// <param name="packet">The datagram; on false its content is undefined.</param>
    /// <param name="length">Bytes of the RTP packet, at the start of <paramref name="packet" />.</param>
    /// <returns>False for anything that is not a new, authentic packet; counted.</returns>
    public bool TryUnprotect(Span<byte> packet, out int length) => throw new NotImplementedException();

    /// <summary>Decrypts a compound RTCP packet in place.</summary>
    /// <param name="packet">The datagram; on false its content is undefined.</param>
    /// <param name="length">Bytes of the RTCP packet, at the start of <paramref name="packet" />.</param>
    /// <returns>False for anything that is not a new, authentic packet; counted.</returns>
    public bool TryUnprotectRtcp(Span<byte> packet, out int length) => throw new NotImplementedException();

    /// <inheritdoc />
    public void Dispose() { }
}
