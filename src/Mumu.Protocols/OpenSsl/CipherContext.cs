// An EVP cipher context that keeps its key and is used again for each packet.
using System.Runtime.InteropServices;

namespace Mumu.Protocols.OpenSsl;

/// <summary>Owns an <c>EVP_CIPHER_CTX</c>. The packet's path passes the raw pointer, so an owner must keep this object alive while it calls.</summary>
internal sealed unsafe class CipherContext : SafeHandle
{
    /// <summary>Makes an empty one.</summary>
    public CipherContext()
        : base(0, ownsHandle: true) { }

    /// <summary>The native pointer.</summary>
    public nint Pointer => handle;

    /// <inheritdoc />
    public override bool IsInvalid => handle == 0;

    /// <summary>AES-128 in Galois counter mode.</summary>
    public static CipherContext Gcm(ReadOnlySpan<byte> key, bool encrypt) => Create(Fetched.Gcm, key, encrypt);

    /// <summary>AES-128 in counter mode; encrypts and decrypts alike.</summary>
    public static CipherContext Ctr(ReadOnlySpan<byte> key) => Create(Fetched.Ctr, key, encrypt: true);

    private static CipherContext Create(nint cipher, ReadOnlySpan<byte> key, bool encrypt)
    {
        var context = new CipherContext();
        context.SetHandle(LibCrypto.EVP_CIPHER_CTX_new());
        fixed (byte* bytes = key)
        {
            if (context.IsInvalid || LibCrypto.EVP_CipherInit_ex(context.handle, cipher, 0, bytes, null, encrypt ? 1 : 0) != 1)
                throw OpenSslError.Take("EVP_CipherInit_ex");
        }
        return context;
    }

    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_CIPHER_CTX_free(handle);
        return true;
    }

    /// <summary>Fetching an algorithm walks the providers under a lock, so it happens once.</summary>
    private static class Fetched
    {
        public static readonly nint Gcm = Fetch("AES-128-GCM");
        public static readonly nint Ctr = Fetch("AES-128-CTR");

        private static nint Fetch(string name)
        {
            OpenSslLibrary.Require();
            var cipher = LibCrypto.EVP_CIPHER_fetch(0, name, 0);
            return cipher != 0 ? cipher : throw OpenSslError.Take(name);
        }
    }
}
