// RFC 3711's key derivation: session keys from a master key and salt.
using System.Security.Cryptography;

namespace Mumu.Protocols.Srtp;

/// <summary>The AES-CM pseudo-random function (RFC 3711 §4.3.3) with a key derivation rate of zero; GCM uses it with its salt filled up by zeros (RFC 7714 §11).</summary>
internal static class SrtpKeyDerivation
{
    public const byte RtpCipherKey = 0;
    public const byte RtpAuthenticationKey = 1;
    public const byte RtpSalt = 2;
    public const byte RtcpCipherKey = 3;
    public const byte RtcpAuthenticationKey = 4;
    public const byte RtcpSalt = 5;

    private const int Block = 16;

    /// <summary>Fills <paramref name="derived" /> (at most 256 blocks) with the key that a label names.</summary>
    public static void Derive(in SrtpKeys master, byte label, Span<byte> derived)
    {
        using var aes = Aes.Create();
        aes.SetKey(master.Key);
        Span<byte> counter = stackalloc byte[Block];
        Span<byte> block = stackalloc byte[Block];
        counter.Clear();
        master.Salt.CopyTo(counter);
        counter[7] ^= label; // the label stands left of 48 bits of index, which is zero
        for (var written = 0; written < derived.Length; written += Block, counter[15]++)
        {
            aes.EncryptEcb(counter, block, PaddingMode.None);
            block[..Math.Min(Block, derived.Length - written)].CopyTo(derived[written..]);
        }
        CryptographicOperations.ZeroMemory(block);
    }
}
