// The CRC of FINGERPRINT.
namespace Mumu.Protocols.Stun;

/// <summary>CRC-32 of ISO 3309 (as in PNG), XORed as FINGERPRINT wants it (RFC 8489 §14.7).</summary>
internal static class StunCrc
{
    private const uint Polynomial = 0xEDB88320;
    private const uint FingerprintMask = 0x5354554E;
    private static readonly uint[] Table = MakeTable();

    public static uint Fingerprint(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var octet in data)
        {
            crc = Table[(byte)crc ^ octet] ^ (crc >> 8);
        }
        return ~crc ^ FingerprintMask;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? Polynomial ^ (value >> 1) : value >> 1;
            }
            table[i] = value;
        }
        return table;
    }
}
