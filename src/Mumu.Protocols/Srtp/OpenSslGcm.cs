// AES-128-GCM by OpenSSL, for processors without instructions for it that we speak.
using Mumu.Protocols.OpenSsl;

namespace Mumu.Protocols.Srtp;

/// <summary>An EVP context that keeps its key.</summary>
internal sealed unsafe class OpenSslGcm(ReadOnlySpan<byte> key, bool encrypt) : GcmCipher
{
    private readonly CipherContext _context = CipherContext.Gcm(key, encrypt);

    public override void Seal(byte* nonce, byte* header, int headerLength, byte* input, byte* output, int length, byte* tag)
    {
        int written;
        var parameter = new TagParameter(tag, TagLength);
        var ok =
            LibCrypto.EVP_CipherInit_iv(_context.Pointer, 0, 0, null, nonce, -1)
            & LibCrypto.EVP_CipherUpdate(_context.Pointer, null, &written, header, headerLength)
            & LibCrypto.EVP_CipherUpdate(_context.Pointer, output, &written, input, length)
            & LibCrypto.EVP_CipherFinal_ex(_context.Pointer, tag, &written)
            & LibCrypto.EVP_CIPHER_CTX_get_params(_context.Pointer, &parameter);
        GC.KeepAlive(this);
        if (ok != 1) // encryption of a packet cannot fail; sending it half done would be worse than stopping
            throw OpenSslError.Take("AES-128-GCM");
    }

    public override bool Open(byte* nonce, byte* header, int headerLength, byte* text, int length, byte* tag)
    {
        int written;
        var parameter = new TagParameter(tag, TagLength);
        var ok =
            LibCrypto.EVP_CipherInit_iv(_context.Pointer, 0, 0, null, nonce, -1)
            & LibCrypto.EVP_CIPHER_CTX_set_params(_context.Pointer, &parameter)
            & LibCrypto.EVP_CipherUpdate(_context.Pointer, null, &written, header, headerLength)
            & LibCrypto.EVP_CipherUpdate(_context.Pointer, text, &written, text, length)
            & LibCrypto.EVP_CipherFinal_ex(_context.Pointer, tag, &written);
        GC.KeepAlive(this);
        return ok == 1;
    }

    public override void Dispose() => _context.Dispose();
}
