// Which packetiser a codec has, sizes that hold for all of them, and the equal cut they share.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>Finds packetisers, and bounds the buffers around them.</summary>
public static class RtpPacketizer
{
    /// <summary>Smallest payload limit a packetiser accepts, in bytes.</summary>
    public const int MinPayload = 64;

    /// <summary>The packetiser of a codec; null if none has a payload format here.</summary>
    public static IRtpPacketizer? For(Codec codec) =>
        codec switch
        {
            Codec.H264 => new H264Packetizer(),
            Codec.H265 => new H265Packetizer(),
            Codec.Vp8 => new Vp8Packetizer(),
            Codec.Vp9 => new Vp9Packetizer(),
            Codec.Av1 => new Av1Packetizer(),
            Codec.Aac => new AacPacketizer(),
            Codec.Opus or Codec.Pcmu or Codec.Pcma => new WholeFramePacketizer(),
            _ => null,
        };

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
