// What every packetiser does: a unit in, payloads out.
namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>Cuts units of one format into RTP payloads. Packetisers hold no state, so one serves every stream.</summary>
public interface IRtpPacketizer
{
    /// <summary>True when the last packet of a unit carries the marker bit.</summary>
    bool MarksLast { get; }

    /// <summary>
    /// Appends the payloads of <paramref name="unit"/> to <paramref name="output"/> and returns how many; 0 when the unit is malformed or empty, −1 when the output is too small
    /// (what it then holds is of no use: enlarge, clear and call again).
    /// </summary>
    /// <param name="unit">The unit's data in the form its codec has in a unit (length-prefixed NAL units for H.264 and H.265, open bitstream units with sizes for AV1, else the frame).</param>
    /// <param name="maxPayload">Largest payload in bytes, at least <see cref="RtpPacketizer.MinPayload"/>.</param>
    /// <param name="output">Where the payloads go.</param>
    int Packetize(ReadOnlySpan<byte> unit, int maxPayload, ref PacketBuffer output);
}
