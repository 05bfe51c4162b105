// Nonces that the server need not remember: a time and a signature over it and the client's address.
using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>Makes and checks nonces (RFC 8489 §9.2.4) of 32 hexadecimal digits: seconds of the server's clock, and 96 bits of HMAC-SHA256.</summary>
internal sealed class TurnNonces(ReadOnlyMemory<byte> key, TimeSpan lifetime)
{
    public const int Length = 32;
    private static readonly StandardFormat s_hex = new('x', 8);

    /// <summary>Writes the nonce for a client; <paramref name="destination"/> has 32 bytes.</summary>
    public void Write(Span<byte> destination, in FlowId client, TimeSpan now) => Write(destination, client, (uint)now.TotalSeconds);

    public bool IsFresh(ReadOnlySpan<byte> nonce, in FlowId client, TimeSpan now)
    {
        if (nonce.Length != Length || !Utf8Parser.TryParse(nonce[..8], out uint seconds, out var used, 'x') || used != 8)
        {
            return false;
        }
        Span<byte> expected = stackalloc byte[Length];
        Write(expected, client, seconds);
        var age = now - TimeSpan.FromSeconds(seconds);
        return CryptographicOperations.FixedTimeEquals(expected, nonce) && age >= TimeSpan.Zero && age < lifetime;
    }

    private void Write(Span<byte> destination, in FlowId client, uint seconds)
    {
        Span<byte> text = stackalloc byte[26];
        text.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(text, seconds);
        BinaryPrimitives.WriteInt32BigEndian(text[4..], client.Base);
        BinaryPrimitives.WriteUInt16BigEndian(text[8..], (ushort)client.Remote.Port);
        client.Remote.WriteAddress(text[10..]);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Span, text, signature);
        Utf8Formatter.TryFormat(seconds, destination, out _, s_hex);
        for (var i = 0; i < 3; i++)
        {
            Utf8Formatter.TryFormat(BinaryPrimitives.ReadUInt32BigEndian(signature[(4 * i)..]), destination[(8 + 8 * i)..], out _, s_hex);
        }
    }
}
