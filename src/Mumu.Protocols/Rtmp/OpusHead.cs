// The identification header of Opus, which enhanced RTMP sends as its configuration.
namespace Mumu.Protocols.Rtmp;

/// <summary>"OpusHead" (RFC 7845 §5.1).</summary>
public static class OpusHead
{
    private const int Length = 19;
    private const int PreSkip = 312; // what libopus needs at 48 kHz

    /// <summary>Reads the channels; false where it is no such header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out int channels)
    {
        channels = bytes.Length >= Length && bytes.StartsWith("OpusHead"u8) ? bytes[9] : 0;
        return channels > 0;
    }

    /// <summary>Writes one.</summary>
    public static byte[] Write(int channels)
    {
        var head = new byte[Length];
        "OpusHead"u8.CopyTo(head);
        (head[8], head[9]) = (1, (byte)Math.Clamp(channels, 1, 2));
        (head[10], head[11]) = (PreSkip & 0xFF, PreSkip >> 8);
        (head[12], head[13]) = (48000 & 0xFF, 48000 >> 8); // little-endian
        return head;
    }
}
