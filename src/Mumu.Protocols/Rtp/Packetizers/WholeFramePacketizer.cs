// Audio frames that travel one a packet: Opus, PCMU, PCMA.
namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>
/// One frame, one packet: Opus (RFC 7587 §4.2) and G.711 (RFC 3551 §4.5.14). A frame above the payload limit is refused as malformed: neither format has fragments.
/// </summary>
public sealed class WholeFramePacketizer : IRtpPacketizer
{
    /// <inheritdoc />
    public bool MarksLast => false;

    /// <inheritdoc />
    public int Packetize(ReadOnlySpan<byte> unit, int maxPayload, ref PacketBuffer output)
    {
        RtpPacketizer.CheckLimit(maxPayload);
        if (unit.IsEmpty || unit.Length > maxPayload)
        {
            return 0;
        }
        if (!output.TryAdd(unit.Length, out var payload))
        {
            return -1;
        }
        unit.CopyTo(payload);
        return 1;
    }
}
