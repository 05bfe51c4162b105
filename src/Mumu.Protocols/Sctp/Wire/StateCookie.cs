// The cookie that lets a side answer an INIT without remembering it.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>What an INIT ACK gives the peer to bring back (RFC 9260 §5.1.3): both sides' announcements, signed.</summary>
/// <param name="Local">What our INIT ACK announced.</param>
/// <param name="Remote">What the peer's INIT announced.</param>
/// <param name="LocalTieTag">Our tag of an association that existed when the INIT came, 0 if none.</param>
/// <param name="RemoteTieTag">The peer's tag of that.</param>
/// <param name="MadeAt">When it was made.</param>
internal readonly record struct StateCookie(InitData Local, InitData Remote, uint LocalTieTag, uint RemoteTieTag, TimeSpan MadeAt)
{
    internal const int KeyLength = 32;
    private const int SignedLength = 2 * InitData.Length + 16;
    private const int SignatureLength = HMACSHA256.HashSizeInBytes;

    internal byte[] Make(ReadOnlySpan<byte> key)
    {
        var cookie = new byte[SignedLength + SignatureLength];
        Local.Write(cookie);
        Remote.Write(cookie.AsSpan(InitData.Length));
        var rest = cookie.AsSpan(2 * InitData.Length);
        BinaryPrimitives.WriteUInt32BigEndian(rest, LocalTieTag);
        BinaryPrimitives.WriteUInt32BigEndian(rest[4..], RemoteTieTag);
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], MadeAt.Ticks);
        HMACSHA256.HashData(key, cookie.AsSpan(0, SignedLength), cookie.AsSpan(SignedLength));
        return cookie;
    }

    internal static bool TryParse(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key, out StateCookie cookie)
    {
        cookie = default;
        if (bytes.Length != SignedLength + SignatureLength)
        {
            return false;
        }
        Span<byte> signature = stackalloc byte[SignatureLength];
        HMACSHA256.HashData(key, bytes[..SignedLength], signature);
        if (!CryptographicOperations.FixedTimeEquals(signature, bytes[SignedLength..]))
        {
            return false;
        }
        var rest = bytes[(2 * InitData.Length)..];
        cookie = new StateCookie(
            InitData.Read(bytes),
            InitData.Read(bytes[InitData.Length..]),
            BinaryPrimitives.ReadUInt32BigEndian(rest),
            BinaryPrimitives.ReadUInt32BigEndian(rest[4..]),
            TimeSpan.FromTicks(BinaryPrimitives.ReadInt64BigEndian(rest[8..]))
        );
        return true;
    }
}
