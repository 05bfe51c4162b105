// The session keys of AES128_CM_HMAC_SHA1_80 and the counter mode they are for.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Mumu.Protocols.Srtp;

/// <summary>The three session keys of RTP or of RTCP.</summary>
internal sealed unsafe class CmKeys(CounterCipher cipher, HmacSha1 hmac, ulong saltHigh, ulong saltLow)
{
    private const int SaltLength = 14;

    public CounterCipher Cipher { get; } = cipher;

    public HmacSha1 Hmac { get; } = hmac;

    /// <summary>The labels of the authentication key and the salt follow that of the cipher key (RFC 3711 §4.3.2).</summary>
    public static CmKeys Derive(in SrtpKeys master, byte cipherLabel)
    {
        Span<byte> key = stackalloc byte[SrtpKeys.KeyLength];
        Span<byte> authentication = stackalloc byte[HmacSha1.Length];
        Span<byte> salt = stackalloc byte[16];
        salt.Clear();
        SrtpKeyDerivation.Derive(master, cipherLabel, key);
        SrtpKeyDerivation.Derive(master, (byte)(cipherLabel + 1), authentication);
        SrtpKeyDerivation.Derive(master, (byte)(cipherLabel + 2), salt[..SaltLength]);
        var keys = new CmKeys(
            CounterCipher.Create(key),
            new HmacSha1(authentication),
            BinaryPrimitives.ReadUInt64BigEndian(salt),
            BinaryPrimitives.ReadUInt64BigEndian(salt[8..])
        );
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(authentication);
        return keys;
    }

    /// <summary>Counter block: salt × 2^16 ⊕ SSRC × 2^64 ⊕ index × 2^16 (RFC 3711 §4.1.1).</summary>
    [SkipLocalsInit]
    public void Encrypt(byte* input, int length, byte* output, uint ssrc, ulong index)
    {
        var counter = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(counter, 8), saltHigh ^ ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(counter + 8, 8), saltLow ^ (index << 16));
        Cipher.Encrypt(counter, input, output, length);
    }
}
