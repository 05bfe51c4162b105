// Addresses inside STUN attributes: plain, and XORed against meddling gateways.
using System.Buffers.Binary;

namespace Mumu.Protocols.Stun;

/// <summary>The wire form of (XOR-)MAPPED-ADDRESS and its kin (RFC 8489 §14.1, §14.2).</summary>
internal static class StunAddress
{
    private const byte FamilyIPv4 = 1;
    private const byte FamilyIPv6 = 2;

    /// <summary>Longest value: family, port and an IPv6 address.</summary>
    public const int MaxLength = 20;

    /// <summary>Reads an address; <paramref name="mask"/> is the cookie and transaction id (16 bytes), or empty for a plain one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, out TransportAddress address)
    {
        address = default;
        var isIPv6 = value.Length == 20 && value[1] == FamilyIPv6;
        if (!isIPv6 && !(value.Length == 8 && value[1] == FamilyIPv4))
        {
            return false;
        }
        Span<byte> copy = stackalloc byte[MaxLength];
        value.CopyTo(copy);
        Mask(copy[..value.Length], mask);
        var port = BinaryPrimitives.ReadUInt16BigEndian(copy[2..]);
        address = isIPv6 ? TransportAddress.FromIPv6(copy[4..20], port) : TransportAddress.FromIPv4(copy[4..8], port);
        return true;
    }

    /// <summary>Writes an address and returns its length (8 or 20).</summary>
    public static int Write(Span<byte> destination, in TransportAddress address, ReadOnlySpan<byte> mask)
    {
        destination[0] = 0;
        destination[1] = address.IsIPv6 ? FamilyIPv6 : FamilyIPv4;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)address.Port);
        var length = 4 + address.WriteAddress(destination[4..]);
        Mask(destination[..length], mask);
        return length;
    }

    private static void Mask(Span<byte> value, ReadOnlySpan<byte> mask)
    {
        if (mask.IsEmpty)
        {
            return;
        }
        value[2] ^= mask[0];
        value[3] ^= mask[1];
        for (var i = 4; i < value.Length; i++)
        {
            value[i] ^= mask[i - 4];
        }
    }
}
