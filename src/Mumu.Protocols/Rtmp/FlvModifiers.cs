// What may stand between the first byte of an enhanced tag and its format.
namespace Mumu.Protocols.Rtmp;

/// <summary>Packet types that enhanced tags of sound and picture share (enhanced RTMP v2).</summary>
internal static class FlvModifiers
{
    internal const int Multitrack = 6;
    internal const int AudioMultitrack = 5;
    private const int Modifier = 7;

    /// <summary>Skips modifiers (times in nanoseconds, and those to come); gives the packet type behind them. False where the bytes end early.</summary>
    internal static bool TrySkip(ref ReadOnlySpan<byte> rest, ref int packet)
    {
        while (packet == Modifier)
        {
            if (rest.IsEmpty)
            {
                return false;
            }
            var length = rest[0] + 1;
            rest = rest[1..];
            if (length == 256)
            {
                if (rest.Length < 2)
                {
                    return false;
                }
                length = (rest[0] << 8 | rest[1]) + 1;
                rest = rest[2..];
            }
            if (rest.Length < length + 1)
            {
                return false;
            }
            packet = rest[length] & 0x0F;
            rest = rest[(length + 1)..];
        }
        return true;
    }
}
