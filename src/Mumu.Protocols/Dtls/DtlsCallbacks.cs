// What libssl calls: the datagram BIO, the retransmission timer and the judgement over the peer's certificate.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mumu.Protocols.OpenSsl;

namespace Mumu.Protocols.Dtls;

/// <summary>
/// Always runs on the thread that is inside one of the transport's calls; finds the transport by its handle and never throws.
/// A BIO of our own instead of libssl's memory BIO, because one write is one datagram: a memory BIO glues a flight together and loses the borders.
/// </summary>
internal static unsafe class DtlsCallbacks
{
    private const int CtrlFlush = 11;
    private const int CtrlQueryMtu = 40;
    private const int CtrlSetNextTimeout = 45;
    private const int CtrlFallbackMtu = 47;
    private static readonly nint s_method = MakeMethod();
    private static readonly int s_storeIndex = LibSsl.SSL_get_ex_data_X509_STORE_CTX_idx();

    /// <summary>Connects a fresh SSL object with its owner.</summary>
    public static void Attach(SslHandle ssl)
    {
        var bio = LibCrypto.BIO_new(s_method);
        if (bio == 0)
            throw OpenSslError.Take("BIO_new");
        LibCrypto.BIO_set_data(bio, ssl.Owner);
        LibCrypto.BIO_set_init(bio, 1);
        LibSsl.SSL_set_bio(ssl.Pointer, bio, bio);
        if (LibSsl.SSL_set_ex_data(ssl.Pointer, 0, ssl.Owner) != 1)
            throw OpenSslError.Take("SSL_set_ex_data");
        LibSsl.DTLS_set_timer_cb(ssl.Pointer, &NextInterval);
    }

    /// <summary>libssl has the peer's certificate and asks for a verdict (1 or 0).</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int VerifyPeer(nint store, nint argument)
    {
        var transport = Find(LibSsl.SSL_get_ex_data(LibCrypto.X509_STORE_CTX_get_ex_data(store, s_storeIndex), 0));
        var certificate = LibCrypto.X509_STORE_CTX_get0_cert(store);
        var digest = stackalloc byte[SHA256.HashSizeInBytes];
        var length = (uint)SHA256.HashSizeInBytes;
        if (certificate != 0 && LibCrypto.X509_digest(certificate, LibCrypto.EVP_sha256(), digest, &length) == 1)
        {
            if (transport.AcceptsPeer(new ReadOnlySpan<byte>(digest, (int)length)))
                return 1;
        }
        LibCrypto.X509_STORE_CTX_set_error(store, LibCrypto.VerifyErrorRejected); // tells the peer "bad certificate"
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* data, int length)
    {
        Find(LibCrypto.BIO_get_data(bio)).QueueDatagram(new ReadOnlySpan<byte>(data, length));
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* data, int length)
    {
        LibCrypto.BIO_clear_flags(bio, LibCrypto.BioFlagsAllRetry);
        var read = Find(LibCrypto.BIO_get_data(bio)).TakeDatagram(new Span<byte>(data, length));
        if (read < 0)
            LibCrypto.BIO_set_flags(bio, LibCrypto.BioFlagsRead | LibCrypto.BioFlagsRetry);
        return read;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, nint pointer)
    {
        switch (command)
        {
            case CtrlFlush:
                return 1;
            case CtrlQueryMtu or CtrlFallbackMtu:
                return Find(LibCrypto.BIO_get_data(bio)).Mtu;
            case CtrlSetNextTimeout:
                // The owner may be gone when a finalizer frees a forgotten association.
                (GCHandle.FromIntPtr(LibCrypto.BIO_get_data(bio)).Target as DtlsTransport)?.Timer.OnSet(pointer);
                return 0;
            default:
                return 0;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint NextInterval(nint ssl, uint last) => Find(LibSsl.SSL_get_ex_data(ssl, 0)).Timer.NextInterval(isFirst: last == 0);

    private static DtlsTransport Find(nint owner) => Unsafe.As<DtlsTransport>(GCHandle.FromIntPtr(owner).Target!);

    private static nint MakeMethod()
    {
        var method = LibCrypto.BIO_meth_new(LibCrypto.BIO_get_new_index() | LibCrypto.BioTypeSourceSink, "mumu datagram");
        var ok =
            method != 0
            && LibCrypto.BIO_meth_set_write(method, &Write) == 1
            && LibCrypto.BIO_meth_set_read(method, &Read) == 1
            && LibCrypto.BIO_meth_set_ctrl(method, &Control) == 1;
        return ok ? method : throw OpenSslError.Take("BIO_meth_new");
    }
}
