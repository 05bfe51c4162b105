// Turns RTP and RTCP of one direction into SRTP and SRTCP.
namespace Mumu.Protocols.Srtp;

/// <summary>
/// The sending half of an SRTP session (RFC 3711, RFC 7714); one for all SSRCs of a peer, used by one thread at a time. No call allocates.
/// </summary>
public sealed unsafe class SrtpSender : IDisposable
{
    private const uint Encrypted = 0x8000_0000; // the E bit
    private const int LeastHeader = 12;
    private readonly SrtpTransform _transform;
    private uint _rtcpIndex;

    /// <summary>Derives the session keys.</summary>
    /// <param name="profile">As negotiated; not <see cref="SrtpProfile.None" />.</param>
    /// <param name="keys">Our own master key and salt, of the profile's length.</param>
    public SrtpSender(SrtpProfile profile, in SrtpKeys keys)
        : this(SrtpTransform.Create(profile, keys, encrypt: true)) { }

    internal SrtpSender(SrtpTransform transform, uint rtcpIndex = 0)
    {
        _transform = transform;
        _rtcpIndex = rtcpIndex;
    }

    /// <summary>Bytes an RTP packet grows by: 16 (GCM) or 10 (CM).</summary>
    public int Overhead => _transform.Overhead;

    /// <summary>Bytes an RTCP packet grows by: 20 (GCM) or 14 (CM).</summary>
    public int RtcpOverhead => _transform.RtcpOverhead;

    /// <summary>
    /// Writes header, encrypted payload and tag. Equal arguments give equal bytes, so a retransmission is made again instead of kept;
    /// <b>two different packets must never share SSRC and index</b>, which would give both away.
    /// </summary>
    /// <param name="header">The RTP header with CSRCs and extension, complete (at least 12 bytes); its sequence number is the low half of the index.</param>
    /// <param name="payload">What follows the header; may lie in <paramref name="destination" /> already, exactly behind the header's place.</param>
    /// <param name="index">The 48-bit packet index: roll-over counter × 65,536 + sequence number. Start below 32,768, or a loss at the start may mislead the receiver.</param>
    /// <param name="destination">Room for header, payload and <see cref="Overhead" />.</param>
    /// <returns>Bytes written.</returns>
    public int Protect(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ulong index, Span<byte> destination)
    {
        var length = header.Length + payload.Length + _transform.Overhead;
        ArgumentOutOfRangeException.ThrowIfLessThan(header.Length, LeastHeader, nameof(header));
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, length, nameof(destination));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, SrtpReceiver.MaxIndex);
        header.CopyTo(destination);
        fixed (
            byte* packet = destination,
                source = payload
        )
            _transform.SealRtp(packet, header.Length, source, payload.Length, index);
        return length;
    }

    /// <summary>Writes the encrypted form of a compound RTCP packet; the SRTCP index is counted here.</summary>
    /// <param name="rtcp">The compound packet, at least 8 bytes; may be the start of <paramref name="destination" />.</param>
    /// <param name="destination">Room for it and <see cref="RtcpOverhead" />.</param>
    /// <returns>Bytes written.</returns>
    public int ProtectRtcp(ReadOnlySpan<byte> rtcp, Span<byte> destination)
    {
        var length = rtcp.Length + _transform.RtcpOverhead;
        ArgumentOutOfRangeException.ThrowIfLessThan(rtcp.Length, SrtpTransform.RtcpHeader, nameof(rtcp));
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, length, nameof(destination));
        if (_rtcpIndex == Encrypted) // 2^31 packets: ages at RTCP's rate, but a nonce must never come twice
            throw new InvalidOperationException("The SRTCP index is used up; the session needs new keys.");
        rtcp.CopyTo(destination);
        fixed (byte* packet = destination)
            _transform.SealRtcp(packet, rtcp.Length, Encrypted | _rtcpIndex++);
        return length;
    }

    /// <inheritdoc />
    public void Dispose() => _transform.Dispose();
}
