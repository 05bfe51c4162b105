// MESSAGE-INTEGRITY: HMACs over a message whose length field is set as if it ended there.
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Mumu.Protocols.Stun;

/// <summary>MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5, §14.6).</summary>
internal static class StunIntegrity
{
    public const int Sha1Length = 20;
    public const int Sha256Length = 32;

    /// <summary>Computes the 20 bytes for an attribute that begins at <paramref name="at"/>.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "HMAC-SHA1 is what ICE's peers speak (RFC 8445 §7).")]
    public static void Sha1(ReadOnlySpan<byte> message, int at, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        Span<byte> copy = stackalloc byte[StunMessage.MaxLength];
        HMACSHA1.HashData(key, AsIfEndingAfter(message, at, Sha1Length, copy), destination);
    }

    public static bool IsRightSha1(ReadOnlySpan<byte> message, int at, ReadOnlySpan<byte> key)
    {
        Span<byte> expected = stackalloc byte[Sha1Length];
        Sha1(message, at, key, expected);
        return CryptographicOperations.FixedTimeEquals(expected, message.Slice(at + 4, Sha1Length));
    }

    /// <summary>The HMAC may be cut to a multiple of four bytes, at least 16.</summary>
    public static bool IsRightSha256(ReadOnlySpan<byte> message, int at, ReadOnlySpan<byte> key)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
        Span<byte> copy = stackalloc byte[StunMessage.MaxLength];
        Span<byte> expected = stackalloc byte[Sha256Length];
        HMACSHA256.HashData(key, AsIfEndingAfter(message, at, length, copy), expected);
        return CryptographicOperations.FixedTimeEquals(expected[..length], message.Slice(at + 4, length));
    }

    private static ReadOnlySpan<byte> AsIfEndingAfter(ReadOnlySpan<byte> message, int at, int length, Span<byte> copy)
    {
        message[..at].CopyTo(copy);
        BinaryPrimitives.WriteUInt16BigEndian(copy[2..], (ushort)(at - StunMessage.HeaderLength + 4 + length));
        return copy[..at];
    }
}
