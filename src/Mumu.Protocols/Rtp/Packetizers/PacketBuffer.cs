// Where packetisers put payloads: one run of bytes and the length of each payload in it.
namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>
/// Payloads of one unit, back to back in a buffer of the caller: payload <c>i</c> starts where payload <c>i−1</c> ends. Nothing is allocated; a buffer that turns out
/// too small is the caller's to enlarge (see <see cref="RtpPacketizer.MaxBytes"/> for a size that always suffices).
/// </summary>
/// <param name="bytes">Room for the payloads.</param>
/// <param name="lengths">Room for one length a payload.</param>
public ref struct PacketBuffer(Span<byte> bytes, Span<ushort> lengths)
{
    private readonly Span<byte> _bytes = bytes;
    private readonly Span<ushort> _lengths = lengths;

    /// <summary>Payloads so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all payloads so far.</summary>
    public int Length { get; private set; }

    /// <summary>The payloads, back to back.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes[..Length];

    /// <summary>Length of each payload, in order.</summary>
    public readonly ReadOnlySpan<ushort> Lengths => _lengths[..Count];

    /// <summary>Reserves the next payload; false when there is no room.</summary>
    public bool TryAdd(int length, out Span<byte> payload)
    {
        if (Count == _lengths.Length || length > _bytes.Length - Length || length > ushort.MaxValue)
        {
            payload = default;
            return false;
        }
        payload = _bytes.Slice(Length, length);
        _lengths[Count++] = (ushort)length;
        Length += length;
        return true;
    }

    /// <summary>Forgets everything, for the next unit.</summary>
    public void Clear() => (Count, Length) = (0, 0);
}
