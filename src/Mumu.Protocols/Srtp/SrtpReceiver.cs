// Turns SRTP and SRTCP of one direction back into RTP and RTCP, or refuses it.
using System.Buffers.Binary;

namespace Mumu.Protocols.Srtp;

/// <summary>
/// The receiving half of an SRTP session: authenticates, estimates the roll-over counter per SSRC, refuses replays (RFC 3711 §3.3). Used by one thread at a time.
/// Allocates only when a new SSRC has been authenticated.
/// </summary>
public sealed unsafe class SrtpReceiver : IDisposable
{
    /// <summary>How many SSRCs are followed at most; packets of more are refused.</summary>
    public const int MaxSources = 64;

    internal const ulong MaxIndex = (1UL << 48) - 1;
    private const uint Encrypted = 0x8000_0000; // the E bit
    private readonly SrtpTransform _transform;
    private readonly SrtpSources _rtp = new();
    private readonly SrtpSources _rtcp = new();

    /// <summary>Derives the session keys.</summary>
    /// <param name="profile">As negotiated; not <see cref="SrtpProfile.None" />.</param>
    /// <param name="keys">The peer's master key and salt, of the profile's length.</param>
    public SrtpReceiver(SrtpProfile profile, in SrtpKeys keys)
        : this(SrtpTransform.Create(profile, keys, encrypt: false)) { }

    internal SrtpReceiver(SrtpTransform transform) => _transform = transform;

    /// <summary>Packets refused because they were malformed, forged or of one source too many.</summary>
    public long Refused { get; private set; }

    /// <summary>Packets refused because their index was seen or is too old.</summary>
    public long Replayed { get; private set; }

    /// <summary>Decrypts an RTP packet in place.</summary>
    /// <param name="packet">The datagram; on false its content is undefined.</param>
    /// <param name="length">Bytes of the RTP packet, at the start of <paramref name="packet" />.</param>
    /// <returns>False for anything that is not a new, authentic packet; counted.</returns>
    public bool TryUnprotect(Span<byte> packet, out int length)
    {
        length = 0;
        if (!TryGetHeaderLength(packet, out var header) || packet.Length < header + _transform.Overhead)
            return Refuse();
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var window = _rtp.Find(ssrc);
        var index = window is null ? sequence : EstimateIndex(window.Highest, sequence);
        if (window is null ? _rtp.IsFull : index > MaxIndex)
            return Refuse();
        if (window?.IsNew(index) == false)
            return RefuseReplay();
        fixed (byte* bytes = packet)
        {
            if (!_transform.OpenRtp(bytes, header, packet.Length, index))
                return Refuse();
        }
        if (window is null)
            _rtp.Add(ssrc, index);
        else
            window.Mark(index);
        length = packet.Length - _transform.Overhead;
        return true;
    }

    /// <summary>Decrypts a compound RTCP packet in place.</summary>
    /// <param name="packet">The datagram; on false its content is undefined.</param>
    /// <param name="length">Bytes of the RTCP packet, at the start of <paramref name="packet" />.</param>
    /// <returns>False for anything that is not a new, authentic packet; counted.</returns>
    public bool TryUnprotectRtcp(Span<byte> packet, out int length)
    {
        length = 0;
        if (packet.Length < SrtpTransform.RtcpHeader + _transform.RtcpOverhead || packet[0] >> 6 != 2)
            return Refuse();
        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[^_transform.RtcpWordFromEnd..]);
        if ((word & Encrypted) == 0) // RFC 5764 agrees on encryption, so plain SRTCP is not the peer's
            return Refuse();
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        var index = word & ~Encrypted;
        var window = _rtcp.Find(ssrc);
        if (window is null && _rtcp.IsFull)
            return Refuse();
        if (window?.IsNew(index) == false)
            return RefuseReplay();
        fixed (byte* bytes = packet)
        {
            if (!_transform.OpenRtcp(bytes, packet.Length, word))
                return Refuse();
        }
        if (window is null)
            _rtcp.Add(ssrc, index);
        else
            window.Mark(index);
        length = packet.Length - _transform.RtcpOverhead;
        return true;
    }

    /// <inheritdoc />
    public void Dispose() => _transform.Dispose();

    /// <summary>The index nearest to the highest one that ends in a sequence number (RFC 3711 §3.3.1); never negative.</summary>
    internal static ulong EstimateIndex(ulong highest, ushort sequence)
    {
        var nearest = (long)highest + (short)(sequence - (ushort)highest);
        return (ulong)(nearest < 0 ? nearest + 0x1_0000 : nearest);
    }

    /// <summary>Length of an RTP header with CSRCs and extension (RFC 3550 §5.1); the extension may be encrypted or not, it is never of the payload.</summary>
    private static bool TryGetHeaderLength(ReadOnlySpan<byte> packet, out int length)
    {
        length = 12;
        if (packet.Length < length || packet[0] >> 6 != 2)
            return false;
        length += 4 * (packet[0] & 0x0F);
        if ((packet[0] & 0x10) == 0)
            return true;
        if (packet.Length < length + 4)
            return false;
        length += 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]));
        return true;
    }

    private bool Refuse()
    {
        Refused++;
        return false;
    }

    private bool RefuseReplay()
    {
        Replayed++;
        return false;
    }
}
