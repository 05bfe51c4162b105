// The checksum of SCTP packets.
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>CRC32c (RFC 9260 appendix A), by the processor's instruction where it has one.</summary>
internal static class Crc32c
{
    private const int FieldAt = 8;
    private const int AfterField = 12;

    /// <summary>The checksum of a packet of at least 12 bytes, taking its checksum field as zero.</summary>
    internal static uint OfPacket(ReadOnlySpan<byte> packet)
    {
        var crc = Add(~0u, packet[..FieldAt]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Add(crc, packet[AfterField..]);
    }

    /// <summary>The checksum of bytes alone, for test vectors.</summary>
    internal static uint Of(ReadOnlySpan<byte> bytes) => ~Add(~0u, bytes);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }
        foreach (var rest in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }
        return crc;
    }
}
