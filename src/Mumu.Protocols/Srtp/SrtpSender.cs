// Turns RTP and RTCP of one direction into SRTP and SRTCP.
namespace Mumu.Protocols.Srtp;

/// <summary>
/// The sending half of an SRTP session (RFC 3711, RFC 7714); one for all SSRCs of a peer, used by one thread at a time. No call allocates.
/// </summary>
public sealed class SrtpSender : IDisposable
{
    /// <summary>Derives the session keys.</summary>
    /// <param name="profile">As negotiated; not <see cref="SrtpProfile.None" />.</param>
    /// <param name="keys">Our own master key and salt, of the profile's length.</param>
    public SrtpSender(SrtpProfile profile, in SrtpKeys keys) => throw new NotImplementedException($"{profile} {keys}");

    /// <summary>Bytes an RTP packet grows by: 16 (GCM) or 10 (CM).</summary>
    public int Overhead { get; }

    /// <summary>Bytes an RTCP packet grows by: 20 (GCM) or 14 (CM).</summary>
    public int RtcpOverhead { get; }

    /// <summary>
    /// Writes header, encrypted payload and tag. Equal arguments give equal bytes, so a retransmission is made again instead of kept;
    /// <b>two different packets must never share SSRC and index</b>, which would give both away.
    /// </summary>
    /// <param name="header">The RTP header with CSRCs and extension, complete (at least 12 bytes); its sequence number is the low half of the index.</param>
    /// <param name="payload">What follows the header; may lie in <paramref name="destination" /> already, exactly behind the header's place.</param>
    /// <param name="index">The 48-bit packet index: roll-over counter × 65,536 + sequence number. Start below 32,768, or a loss at the start may mislead the receiver.</param>
    /// <param name="destination">Room for header, payload and <see cref="Overhead" />.</param>
    /// <returns>Bytes written.</returns>
    public int Protect(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ulong index, Span<byte> destination) =>
        throw new NotImplementedException();

    /// <summary>Writes the encrypted form of a compound RTCP packet; the SRTCP index is counted here.</summary>
    /// <param name="rtcp">The compound packet, at least 8 bytes; may be the start of <paramref name="destination" />.</param>
    /// <param name="destination">Room for it and <see cref="RtcpOverhead" />.</param>
    /// <returns>Bytes written.</returns>
    public int ProtectRtcp(ReadOnlySpan<byte> rtcp, Span<byte> destination) => throw new NotImplementedException();

    /// <inheritdoc />
    public void Dispose() { }
}
