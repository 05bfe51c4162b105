// The digests with which Flash players and servers recognised each other.
using System.Security.Cryptography;

namespace Mumu.Protocols.Rtmp;

/// <summary>
/// The "complex" handshake: HMAC-SHA256 with keys that everybody knows, at a place that four bytes tell. It proves nothing, but some clients play H.264 only after it, and others check it where the server's
/// version says that it can.
/// </summary>
internal static class RtmpDigest
{
    internal const int Length = 32;
    private const int KeyPlace = 772;
    private const int DigestPlace = 8;
    private const int Places = 728;

    private static ReadOnlySpan<byte> Tail =>
        [
            0xF0,
            0xEE,
            0xC2,
            0x4A,
            0x80,
            0x68,
            0xBE,
            0xE8,
            0x2E,
            0x00,
            0xD0,
            0xD1,
            0x02,
            0x9E,
            0x7E,
            0x57,
            0x6E,
            0xEC,
            0x5D,
            0x2D,
            0x29,
            0x80,
            0x6F,
            0xAB,
            0x93,
            0xB8,
            0xE6,
            0x36,
            0xCF,
            0xEB,
            0x31,
            0xAE,
        ];

    private static ReadOnlySpan<byte> Player => "Genuine Adobe Flash Player 001"u8;

    private static ReadOnlySpan<byte> Server => "Genuine Adobe Flash Media Server 001"u8;

    /// <summary>Finds the client's digest in C1: null where there is none, as with the plain handshake.</summary>
    internal static byte[]? Find(ReadOnlySpan<byte> c1, out bool isKeyFirst)
    {
        isKeyFirst = false;
        // Who knows digests says its version, which the plain handshake has as zero.
        if (c1[4] == 0)
        {
            return null;
        }
        foreach (var keyFirst in (ReadOnlySpan<bool>)[false, true])
        {
            var place = PlaceIn(c1, keyFirst);
            if (Make(c1, place, Player).AsSpan().SequenceEqual(c1.Slice(place, Length)))
            {
                isKeyFirst = keyFirst;
                return c1.Slice(place, Length).ToArray();
            }
        }
        return null;
    }

    /// <summary>Puts the server's digest into S1 where the client will look.</summary>
    internal static void Sign(Span<byte> s1, bool isKeyFirst)
    {
        var place = PlaceIn(s1, isKeyFirst);
        Make(s1, place, Server).CopyTo(s1[place..]);
    }

    /// <summary>Ends S2 with the answer to the client's digest.</summary>
    internal static void Answer(Span<byte> s2, ReadOnlySpan<byte> digest)
    {
        var key = HMACSHA256.HashData((byte[])[.. Server, .. Tail], digest);
        HMACSHA256.HashData(key, s2[..^Length], s2[^Length..]);
    }

    private static int PlaceIn(ReadOnlySpan<byte> bytes, bool isKeyFirst)
    {
        var from = isKeyFirst ? KeyPlace : DigestPlace;
        return (bytes[from] + bytes[from + 1] + bytes[from + 2] + bytes[from + 3]) % Places + from + 4;
    }

    private static byte[] Make(ReadOnlySpan<byte> bytes, int place, ReadOnlySpan<byte> key) =>
        HMACSHA256.HashData(key, (byte[])[.. bytes[..place], .. bytes[(place + Length)..]]);
}
