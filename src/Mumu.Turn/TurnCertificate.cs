// The operator's certificate, read again when its file has changed.
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mumu.Turn;

/// <summary>A certificate with its chain and key in PEM files, as certbot and others write them.</summary>
public sealed class TurnCertificate
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(30);
    private readonly string _certificatePath;
    private readonly string _keyPath;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private SslServerAuthenticationOptions _options;
    private DateTime _written;
    private long _looked;

    /// <summary>Reads the files.</summary>
    /// <param name="certificatePath">The certificate, followed by those between it and the root.</param>
    /// <param name="keyPath">Its key, not encrypted.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="CryptographicException">They are no certificate and key, or do not belong together.</exception>
    public TurnCertificate(string certificatePath, string keyPath, TimeProvider time)
    {
        (_certificatePath, _keyPath, _time) = (certificatePath, keyPath, time);
        _written = Written();
        _options = Read();
        _looked = time.GetTimestamp();
    }

    /// <summary>What a handshake needs; from any thread.</summary>
    internal SslServerAuthenticationOptions Options
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_looked) > s_look)
                {
                    _looked = _time.GetTimestamp();
                    TryRenew();
                }
                return _options;
            }
        }
    }

    private void TryRenew()
    {
        try
        {
            var written = Written();
            if (written != _written)
            {
                _options = Read();
                _written = written;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Half written or for a moment away: the one we have serves until a later look.
        }
    }

    private DateTime Written()
    {
        var (certificate, key) = (File.GetLastWriteTimeUtc(_certificatePath), File.GetLastWriteTimeUtc(_keyPath));
        return certificate > key ? certificate : key;
    }

    private SslServerAuthenticationOptions Read()
    {
        using var pem = X509Certificate2.CreateFromPemFile(_certificatePath, _keyPath);
        // Windows' TLS wants a key that has been stored once.
        var leaf = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_certificatePath);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = false,
        };
    }
}
