// A certificate for the TURN servers' addresses, which everyone in the lab trusts by SSL_CERT_FILE.
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mumu.Lab.Tests.Processes;

internal sealed class Certificate
{
    public Certificate(string folder, params string[] addresses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=lab", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var address in addresses)
        {
            names.AddIpAddress(IPAddress.Parse(address));
        }
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        Path = System.IO.Path.Combine(folder, "lab.crt");
        KeyPath = System.IO.Path.Combine(folder, "lab.key");
        PublicKeyHash = Convert.ToBase64String(SHA256.HashData(made.PublicKey.ExportSubjectPublicKeyInfo()));
        File.WriteAllText(Path, made.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public string Path { get; }

    public string KeyPath { get; }

    /// <summary>SHA-256 of its public key in base64, by which Chromium can be told to trust it.</summary>
    public string PublicKeyHash { get; }
}
