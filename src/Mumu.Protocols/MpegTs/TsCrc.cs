// The CRC of sections (ISO/IEC 13818-1 annex A).
namespace Mumu.Protocols.MpegTs;

/// <summary>CRC-32 with polynomial 04C11DB7, most significant bit first, all ones at first, not inverted.</summary>
public static class TsCrc
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>The CRC of these bytes; 0 over a section with its CRC at the end.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var next in bytes)
        {
            crc = crc << 8 ^ Table[crc >> 24 ^ next];
        }
        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i << 24;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x80000000) != 0 ? crc << 1 ^ 0x04C11DB7 : crc << 1;
            }
            table[i] = crc;
        }
        return table;
    }
}
