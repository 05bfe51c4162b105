// The self-signed certificate of this process, with the libssl context that every association shares.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mumu.Protocols.OpenSsl;
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Dtls;

/// <summary>A P-256 key with its self-signed certificate (RFC 8827 §6.5), named to peers by its SHA-256 fingerprint. One for a process; safe to share between threads.</summary>
public sealed unsafe class DtlsCertificate : IDisposable
{
    private const int MaxPeerCertificates = 16_384; // bytes of the peer's whole chain; a self-signed one has 300–1,500

    // WebRTC judges certificates by fingerprint alone; fixed years spare a machine without a set clock from making one that is not yet valid.
    private static readonly DateTimeOffset s_notBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_notAfter = new(2049, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private readonly byte[] _sha256;

    private DtlsCertificate(nint context, byte[] sha256, DtlsTimers timers)
    {
        Context = context;
        _sha256 = sha256;
        Timers = timers;
        Fingerprint = string.Join(':', sha256.Select(octet => octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Frees the context of a forgotten certificate.</summary>
    ~DtlsCertificate() => Free();

    /// <summary>SHA-256 of the certificate's DER form, 32 bytes.</summary>
    public ReadOnlySpan<byte> Sha256 => _sha256;

    /// <summary>The same as SDP's <c>a=fingerprint:sha-256</c> has it: upper-case hex pairs joined by colons.</summary>
    public string Fingerprint { get; }

    internal nint Context { get; private set; }

    internal DtlsTimers Timers { get; }

    /// <summary>Makes a fresh key and certificate.</summary>
    /// <param name="timers">Leave it, except in tests under virtual time.</param>
    /// <exception cref="OpenSslMissingException">OpenSSL 3 is not installed.</exception>
    public static DtlsCertificate Create(DtlsTimers timers = DtlsTimers.RealTime) => Create(timers, new DtlsContextOptions());

    /// <summary>Makes one whose associations offer a single SRTP profile, to try or to measure that.</summary>
    /// <exception cref="OpenSslMissingException">OpenSSL 3 is not installed.</exception>
    public static DtlsCertificate CreateFor(SrtpProfile profile) =>
        Create(
            DtlsTimers.RealTime,
            new DtlsContextOptions
            {
                SrtpProfiles = profile switch
                {
                    SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
                    SrtpProfile.Aes128CmSha1_80 => "SRTP_AES128_CM_SHA1_80",
                    _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "No such SRTP profile."),
                },
            }
        );

    internal static DtlsCertificate Create(DtlsTimers timers, DtlsContextOptions options)
    {
        OpenSslLibrary.Require();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=mumu", key, HashAlgorithmName.SHA256).CreateSelfSigned(s_notBefore, s_notAfter);
        var privateKey = key.ExportPkcs8PrivateKey();
        try
        {
            var context = MakeContext(certificate.RawData, privateKey, options);
            return new DtlsCertificate(context, SHA256.HashData(certificate.RawData), timers);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>Frees the context; associations made from it live on until they are disposed.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static nint MakeContext(byte[] certificate, byte[] privateKey, DtlsContextOptions options)
    {
        LibCrypto.ERR_clear_error();
        var context = LibSsl.SSL_CTX_new(LibSsl.DTLS_method());
        if (context == 0)
            throw OpenSslError.Take("SSL_CTX_new");
        try
        {
            Configure(context, options);
            UseKey(context, certificate, privateKey);
            return context;
        }
        catch
        {
            LibSsl.SSL_CTX_free(context);
            throw;
        }
    }

    private static void Configure(nint context, DtlsContextOptions options)
    {
        _ = LibSsl.SSL_CTX_set_options(
            context,
            LibSsl.OptionNoQueryMtu
                | LibSsl.OptionNoTicket
                | LibSsl.OptionNoCompression
                | LibSsl.OptionServerPreference
                | LibSsl.OptionNoRenegotiation
        );
        Check(LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlMinVersion, LibSsl.VersionDtls12, null) == 1, "DTLS 1.2");
        Check(LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlMaxVersion, LibSsl.VersionDtls12, null) == 1, "DTLS 1.2");
        _ = LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSessionCacheMode, 0, null);
        _ = LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlMaxCertificateList, MaxPeerCertificates, null);
        fixed (byte* groups = "X25519:P-256:P-384\0"u8)
            Check(LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlGroups, 0, groups) == 1, "groups");
        Check(LibSsl.SSL_CTX_set_cipher_list(context, options.Ciphers) == 1, "ciphers");
        Check(LibSsl.SSL_CTX_set_tlsext_use_srtp(context, options.SrtpProfiles) == 0, "use_srtp"); // 0 is success here
        LibSsl.SSL_CTX_set_verify(context, LibSsl.VerifyPeerOrFail, 0);
        LibSsl.SSL_CTX_set_cert_verify_callback(context, &DtlsCallbacks.VerifyPeer, 0);
        if (options.ApplicationProtocols is { } protocols)
        {
            fixed (byte* bytes = protocols)
                Check(LibSsl.SSL_CTX_set_alpn_protos(context, bytes, (uint)protocols.Length) == 0, "ALPN"); // and here
        }
    }

    private static void UseKey(nint context, byte[] certificate, byte[] privateKey)
    {
        fixed (
            byte* certificateBytes = certificate,
                keyBytes = privateKey
        )
        {
            byte* position = certificateBytes;
            var x509 = LibCrypto.d2i_X509(0, &position, certificate.Length);
            position = keyBytes;
            var key = LibCrypto.d2i_AutoPrivateKey(0, &position, privateKey.Length);
            try
            {
                Check(x509 != 0 && LibSsl.SSL_CTX_use_certificate(context, x509) == 1, "certificate");
                Check(key != 0 && LibSsl.SSL_CTX_use_PrivateKey(context, key) == 1, "private key");
            }
            finally
            {
                LibCrypto.X509_free(x509); // the context holds references of its own
                LibCrypto.EVP_PKEY_free(key);
            }
        }
    }

    private static void Check(bool ok, string what)
    {
        if (!ok)
            throw OpenSslError.Take(what);
    }

    private void Free()
    {
        if (Context != 0)
            LibSsl.SSL_CTX_free(Context);
        Context = 0;
    }
}
