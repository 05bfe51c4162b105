// The device's key: made on first start, never leaving the machine, signing what proves the device.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Mumu.Agent.Settings;
using Mumu.Signaling;

namespace Mumu.Agent.Identity;

/// <summary>A P-256 key pair and the names that follow from it. Safe to use from several threads.</summary>
public sealed class DeviceIdentity : IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _lock = new();

    private DeviceIdentity(ECDsa key, string? deviceId)
    {
        _key = key;
        var publicKey = key.ExportSubjectPublicKeyInfo();
        PublicKey = Base64Url.EncodeToString(publicKey);
        Fingerprint = DeviceProof.ShortFingerprint(publicKey);
        DeviceId = deviceId ?? "mumu-" + Convert.ToHexStringLower(SHA256.HashData(publicKey))[..16];
    }

    /// <summary>The name the hub knows the device by.</summary>
    public string DeviceId { get; }

    /// <summary>Base64url SubjectPublicKeyInfo.</summary>
    public string PublicKey { get; }

    /// <summary>What people compare: <c>3F:A2:…</c>, 8 bytes.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads the key of a data directory (<c>agent/device.key</c>, PKCS#8 PEM, 0600), or makes it.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="deviceId">A device id from the settings; null makes it from the key.</param>
    /// <exception cref="InvalidOperationException">There is a key file, but no key in it; it is left alone, for a new key would lose the pairing.</exception>
    public static DeviceIdentity Load(string dataDirectory, string? deviceId = null)
    {
        var path = Path.Combine(dataDirectory, "agent", "device.key");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            Create(path);
        }
        AtomicFile.Restrict(path);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            if (key.KeySize != 256)
            {
                throw new CryptographicException("The key is not on the curve P-256.");
            }
            return new DeviceIdentity(key, deviceId);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidOperationException(
                $"{path} holds no P-256 key. Restore it from a backup; or remove it and pair this device again.",
                e
            );
        }
    }

    /// <summary>Signs one of the texts of <see cref="DeviceProof"/>.</summary>
    /// <returns>Base64url of r‖s, 64 bytes.</returns>
    public string Sign(string text)
    {
        lock (_lock)
        {
            return Base64Url.EncodeToString(_key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256));
        }
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();

    // Two processes starting on one new data directory: the first to link its file wins, and both read the winner's.
    private static void Create(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        AtomicFile.Write(temporary, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), ownerOnly: true);
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}
