// The device's P-256 key as the hub sees it: a text to keep, and signatures to check.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Mumu.Signaling;

namespace Mumu.Hub.Devices;

/// <summary>Keys are base64url SubjectPublicKeyInfo in one canonical spelling; signatures are 64 bytes r‖s.</summary>
internal static class DeviceKey
{
    private const int MaxLength = 256;
    private const int SignatureBytes = 64;
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>Checks that the text is a P-256 key and gives its canonical spelling.</summary>
    public static bool TryParse(string? text, out string canonical)
    {
        canonical = "";
        if (text is null or { Length: 0 or > MaxLength } || !TryDecode(text, out byte[] bytes))
        {
            return false;
        }

        using ECDsa? key = Import(bytes);
        if (key is null)
        {
            return false;
        }

        canonical = Base64Url.EncodeToString(key.ExportSubjectPublicKeyInfo());
        return true;
    }

    /// <summary>Whether the key's holder signed the text.</summary>
    public static bool Verify(string canonicalKey, string text, string? signature)
    {
        if (signature is null or { Length: > 128 } || !TryDecode(signature, out byte[] bytes) || bytes.Length != SignatureBytes)
        {
            return false;
        }

        using ECDsa? key = Import(Base64Url.DecodeFromChars(canonicalKey));
        return key is not null
            && key.VerifyData(
                Encoding.UTF8.GetBytes(text),
                bytes,
                HashAlgorithmName.SHA256,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation
            );
    }

    public static string Fingerprint(string canonicalKey) => DeviceProof.ShortFingerprint(Base64Url.DecodeFromChars(canonicalKey));

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : [];
        return bytes.Length > 0;
    }

    private static ECDsa? Import(byte[] subjectPublicKeyInfo)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out int read);
            if (read == subjectPublicKeyInfo.Length && key.ExportParameters(false).Curve.Oid.Value == P256)
            {
                return key;
            }
        }
        catch (CryptographicException)
        {
            // Not a key on this curve: the same answer as for any other text.
        }

        key.Dispose();
        return null;
    }
}
