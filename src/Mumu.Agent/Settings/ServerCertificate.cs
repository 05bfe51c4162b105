// The certificate of a server, from the files that the settings name.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mumu.Agent.Settings;

/// <summary>Loads certificates of RTSPS and RTMPS.</summary>
internal static class ServerCertificate
{
    /// <summary>Loads one; null where none is named.</summary>
    /// <param name="section">The section of the settings that names it.</param>
    /// <param name="path">A PEM file with the certificate.</param>
    /// <param name="key">A PEM file with its private key; null if it is in the same file.</param>
    /// <exception cref="SettingsException">The files can't be used.</exception>
    public static X509Certificate2? Load(string section, string? path, string? key)
    {
        if (path is null)
        {
            return null;
        }
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(path, key);
            // SslStream wants a key that is the system's, which a PEM file's is not everywhere.
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SettingsException($"{section}.certificate", 0, $"The certificate {path} can't be used: {e.Message}");
        }
    }
}
