// The key that a peer encrypts its records with, out of a finished handshake.
using System.Buffers.Binary;
using System.Security.Cryptography;
using Mumu.Protocols.OpenSsl;
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Dtls;

/// <summary>TLS 1.2's key block (RFC 5246 §6.3) for the suites with AES-128-GCM and SHA-256 (RFC 5289), which nearly every WebRTC peer agrees to.</summary>
internal static unsafe class DtlsRecordKeys
{
    private const int MasterSecret = 48;
    private const int Nonce = 32;
    private const int SaltLength = 4;
    private const ushort EcdheEcdsaAes128Gcm = 0xC02B;
    private const ushort EcdheRsaAes128Gcm = 0xC02F;

    /// <summary>The peer's write key and the fixed part of its nonces; false for another suite.</summary>
    public static bool TryGetPeer(nint ssl, DtlsRole role, out byte[] key, out uint salt)
    {
        (key, salt) = ([], 0);
        if (LibSsl.SSL_CIPHER_get_protocol_id(LibSsl.SSL_get_current_cipher(ssl)) is not (EcdheEcdsaAes128Gcm or EcdheRsaAes128Gcm))
            return false;
        Span<byte> secret = stackalloc byte[MasterSecret];
        Span<byte> seed = stackalloc byte[2 * Nonce];
        Span<byte> block = stackalloc byte[2 * (SrtpKeys.KeyLength + SaltLength)];
        fixed (
            byte* secretBytes = secret,
                seedBytes = seed
        )
        {
            var session = LibSsl.SSL_get_session(ssl);
            if (session == 0 || LibSsl.SSL_SESSION_get_master_key(session, secretBytes, MasterSecret) != MasterSecret)
                return false;
            // The server's random stands first in the key block's seed, unlike in the master secret's.
            LibSsl.SSL_get_server_random(ssl, seedBytes, Nonce);
            LibSsl.SSL_get_client_random(ssl, seedBytes + Nonce, Nonce);
        }
        Expand(secret, seed, block);
        var peer = role == DtlsRole.Server ? 0 : 1; // the client's come first
        key = block.Slice(peer * SrtpKeys.KeyLength, SrtpKeys.KeyLength).ToArray();
        salt = BinaryPrimitives.ReadUInt32BigEndian(block[(2 * SrtpKeys.KeyLength + peer * SaltLength)..]);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(block);
        return true;
    }

    /// <summary>P_SHA256 (RFC 5246 §5).</summary>
    private static void Expand(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> seed, Span<byte> output)
    {
        var label = "key expansion"u8;
        Span<byte> input = stackalloc byte[HMACSHA256.HashSizeInBytes + label.Length + seed.Length];
        Span<byte> part = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var a = input[..HMACSHA256.HashSizeInBytes];
        var named = input[HMACSHA256.HashSizeInBytes..];
        label.CopyTo(named);
        seed.CopyTo(named[label.Length..]);
        HMACSHA256.HashData(secret, named, a);
        for (var written = 0; written < output.Length; written += part.Length)
        {
            HMACSHA256.HashData(secret, input, part);
            part[..Math.Min(part.Length, output.Length - written)].CopyTo(output[written..]);
            HMACSHA256.HashData(secret, a, part);
            part.CopyTo(a);
        }
        CryptographicOperations.ZeroMemory(part);
    }
}
