// The functions of libcrypto 3 that are called here; nothing else of the program speaks to it.
using System.Runtime.InteropServices;

namespace Mumu.Protocols.OpenSsl;

/// <summary>
/// Calls of the path of a packet suppress the GC transition: they end within a microsecond for a datagram, never block and never call back.
/// </summary>
internal static unsafe partial class LibCrypto
{
    private const string Library = OpenSslLibrary.Crypto;

    public const int BioTypeSourceSink = 0x0400;
    public const int BioFlagsRead = 0x01;
    public const int BioFlagsRetry = 0x08;
    public const int BioFlagsAllRetry = 0x0F;
    public const int VerifyErrorRejected = 28;

    // ---- Library and error queue
    [LibraryImport(Library)]
    public static partial nuint OpenSSL_version_num();

    [LibraryImport(Library)]
    public static partial nint OpenSSL_version(int what);

    [LibraryImport(Library)]
    public static partial void ERR_clear_error();

    [LibraryImport(Library)]
    public static partial nuint ERR_get_error();

    [LibraryImport(Library)]
    public static partial nint ERR_reason_error_string(nuint error);

    // ---- Ciphers and hash
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint EVP_CIPHER_fetch(nint library, string algorithm, nint properties);

    [LibraryImport(Library)]
    public static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(Library)]
    public static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Library, EntryPoint = "EVP_CipherInit_ex"), SuppressGCTransition]
    public static partial int EVP_CipherInit_iv(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int EVP_CipherUpdate(nint context, byte* output, int* written, byte* input, int length);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int EVP_CipherFinal_ex(nint context, byte* output, int* written);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int EVP_CIPHER_CTX_get_params(nint context, TagParameter* parameters);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int EVP_CIPHER_CTX_set_params(nint context, TagParameter* parameters);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int SHA1_Init(Sha1State* state);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int SHA1_Update(Sha1State* state, void* data, nuint length);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int SHA1_Final(byte* digest, Sha1State* state);

    // ---- Certificates
    [LibraryImport(Library)]
    public static partial nint d2i_X509(nint into, byte** data, nint length);

    [LibraryImport(Library)]
    public static partial nint d2i_AutoPrivateKey(nint into, byte** data, nint length);

    [LibraryImport(Library)]
    public static partial void X509_free(nint certificate);

    [LibraryImport(Library)]
    public static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    public static partial nint EVP_sha256();

    [LibraryImport(Library)]
    public static partial int X509_digest(nint certificate, nint algorithm, byte* digest, uint* length);

    [LibraryImport(Library)]
    public static partial nint X509_STORE_CTX_get0_cert(nint store);

    [LibraryImport(Library)]
    public static partial nint X509_STORE_CTX_get_ex_data(nint store, int index);

    [LibraryImport(Library)]
    public static partial void X509_STORE_CTX_set_error(nint store, int error);

    // ---- The datagram BIO
    [LibraryImport(Library)]
    public static partial int BIO_get_new_index();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BIO_meth_new(int type, string name);

    [LibraryImport(Library)]
    public static partial int BIO_meth_set_write(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> write);

    [LibraryImport(Library)]
    public static partial int BIO_meth_set_read(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> read);

    [LibraryImport(Library)]
    public static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint> control);

    [LibraryImport(Library)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(Library)]
    public static partial void BIO_set_data(nint bio, nint data);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial nint BIO_get_data(nint bio);

    [LibraryImport(Library)]
    public static partial void BIO_set_init(nint bio, int initialised);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial void BIO_clear_flags(nint bio, int flags);
}
