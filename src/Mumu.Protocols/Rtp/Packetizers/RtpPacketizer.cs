// Sizes that hold for every packetiser, and the equal cut they share.
namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>Bounds for the buffers around <see cref="IRtpPacketizer"/>.</summary>
public static class RtpPacketizer
{
    /// <summary>Smallest payload limit a packetiser accepts, in bytes.</summary>
    public const int MinPayload = 64;

    /// <summary>Bytes that the payloads of a unit can never exceed: its own and three of fragment header a packet.</summary>
    public static int MaxBytes(int unitLength, int maxPayload) => unitLength + 4 * MaxPackets(unitLength, maxPayload);

    /// <summary>
    /// Payloads that a unit cut at <paramref name="maxPayload"/> makes at most when it holds up to 64 NAL units too large to share a packet; a stranger unit returns −1 and asks for more room.
    /// </summary>
    public static int MaxPackets(int unitLength, int maxPayload) => unitLength / (maxPayload - 3) + 64;

    /// <summary>Length of equal pieces of <paramref name="total"/> bytes, none above <paramref name="max"/>: only the last may be shorter, and by less than the number of pieces.</summary>
    internal static int EqualPiece(int total, int max)
    {
        var pieces = (total + max - 1) / max;
        return (total + pieces - 1) / pieces;
    }

    internal static void CheckLimit(int maxPayload)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPayload, MinPayload);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxPayload, ushort.MaxValue);
    }
}
