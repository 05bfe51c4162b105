// SRTP's master keys out of a finished handshake (RFC 5764 §4.2).
using System.Security.Cryptography;
using Mumu.Protocols.Dtls.OpenSsl;
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Dtls;

internal static unsafe class DtlsSrtpExporter
{
    /// <summary>Exports client key, server key, client salt, server salt, and hands them out by role.</summary>
    public static (SrtpKeys Local, SrtpKeys Remote) Export(nint ssl, SrtpProfile profile, DtlsRole role)
    {
        var salt = SrtpKeys.SaltLength(profile);
        Span<byte> material = stackalloc byte[2 * (SrtpKeys.KeyLength + salt)];
        Fill(ssl, "EXTRACTOR-dtls_srtp"u8, material);
        var client = new SrtpKeys(material[..16], material.Slice(32, salt));
        var server = new SrtpKeys(material[16..32], material.Slice(32 + salt, salt));
        CryptographicOperations.ZeroMemory(material);
        return role == DtlsRole.Client ? (client, server) : (server, client);
    }

    private static void Fill(nint ssl, ReadOnlySpan<byte> label, Span<byte> material)
    {
        LibCrypto.ERR_clear_error();
        fixed (byte* output = material, labelBytes = label)
        {
            var length = (nuint)material.Length;
            if (LibSsl.SSL_export_keying_material(ssl, output, length, labelBytes, (nuint)label.Length, null, 0, 0) != 1)
                throw OpenSslError.Take("SSL_export_keying_material");
        }
    }
}
