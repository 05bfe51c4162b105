// How long an Opus packet sounds (RFC 6716 §3.1, §3.2).
namespace Mumu.Protocols.Codecs;

/// <summary>Reads the first bytes of Opus packets.</summary>
public static class OpusPacket
{
    /// <summary>The longest packet: 120 ms of 48 kHz.</summary>
    public const int MaxSamples = 5_760;

    /// <summary>Samples of 48 kHz in a packet, 120 to <see cref="MaxSamples"/>; false for what is no packet.</summary>
    public static bool TryGetSamples(ReadOnlySpan<byte> packet, out int samples)
    {
        samples = 0;
        if (packet.IsEmpty)
        {
            return false;
        }
        var kind = packet[0] >> 3;
        var frame =
            kind < 12
                ? (kind & 3) == 3
                    ? 2_880
                    : 480 << (kind & 3) // SILK: 10, 20, 40, 60 ms
                : kind < 16
                    ? 480 << (kind & 1) // hybrid: 10, 20 ms
                    : 120 << (kind & 3); // CELT: 2.5, 5, 10, 20 ms
        var code = packet[0] & 3;
        if (code == 3 && packet.Length < 2)
        {
            return false;
        }
        samples =
            frame
            * (
                code == 0 ? 1
                : code == 3 ? packet[1] & 0x3F
                : 2
            );
        return samples is > 0 and <= MaxSamples;
    }
}
