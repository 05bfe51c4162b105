// A certificate for localhost in PEM files, as an operator would have it.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mumu.Turn.Tests.Harness;

internal sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mumu-turn-").FullName;

    public TestCertificate() => Write();

    public string CertificatePath => Path.Combine(_folder, "fullchain.pem");

    public string KeyPath => Path.Combine(_folder, "key.pem");

    public string Thumbprint { get; private set; } = "";

    public TurnCertificate Read(TimeProvider? time = null) => new(CertificatePath, KeyPath, time ?? TimeProvider.System);

    /// <summary>Makes another and puts it into the same files.</summary>
    public void Write()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        Thumbprint = certificate.Thumbprint;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
