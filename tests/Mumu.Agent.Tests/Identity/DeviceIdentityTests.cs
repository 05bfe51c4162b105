// The device's key: made once, kept safe, signing so that others can verify.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Mumu.Agent.Identity;
using Mumu.Agent.Tests.Harness;
using Mumu.Signaling;

namespace Mumu.Agent.Tests.Identity;

public sealed class DeviceIdentityTests : IDisposable
{
    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void The_first_start_makes_a_key_and_the_next_has_the_same()
    {
        using var first = DeviceIdentity.Load(_data.Path);
        using var second = DeviceIdentity.Load(_data.Path);
        Assert.Equal((first.DeviceId, first.PublicKey, first.Fingerprint), (second.DeviceId, second.PublicKey, second.Fingerprint));
        var publicKey = Base64Url.DecodeFromChars(first.PublicKey);
        Assert.Equal("mumu-" + Convert.ToHexStringLower(SHA256.HashData(publicKey))[..16], first.DeviceId);
        Assert.Matches("^([0-9A-F]{2}:){7}[0-9A-F]{2}$", first.Fingerprint);
        Assert.Equal(["device.key"], Directory.GetFiles(_data.File("agent")).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(_data.File("agent", "device.key")));
        }
    }

    [Fact]
    public void The_settings_may_name_the_device()
    {
        using var identity = DeviceIdentity.Load(_data.Path, "cam-1");
        Assert.Equal("cam-1", identity.DeviceId);
    }

    [Fact]
    public void Two_programs_starting_at_once_agree_on_one_key()
    {
        var keys = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => DeviceIdentity.Load(_data.Path).PublicKey);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public void A_damaged_key_is_refused_and_left_alone()
    {
        DeviceIdentity.Load(_data.Path).Dispose();
        var path = _data.File("agent", "device.key");
        foreach (var damage in new[] { "", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----" })
        {
            File.WriteAllText(path, damage);
            var refusal = Assert.Throws<InvalidOperationException>(() => DeviceIdentity.Load(_data.Path));
            Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(damage, File.ReadAllText(path));
        }
    }

    [Fact]
    public void A_viewer_can_verify_a_session_by_the_public_key_alone()
    {
        using var identity = DeviceIdentity.Load(_data.Path);
        var (ours, theirs) = (new string('a', 64), new string('b', 64));
        var proof = SessionProof.Sign(identity, "session", "front", ours, theirs, ManualTime.Start);
        var life = proof.Expires - ManualTime.Start.ToUnixTimeSeconds();
        Assert.InRange(life, 60, 300);
        Assert.True(Verify(proof, DeviceProof.SessionText("session", "front", ours, theirs, proof.Expires)));
        Assert.False(Verify(proof, DeviceProof.SessionText("session", "front", theirs, ours, proof.Expires)));
        Assert.False(Verify(proof, DeviceProof.SessionText("session", "back", ours, theirs, proof.Expires)));
        Assert.False(Verify(proof, DeviceProof.SessionText("another", "front", ours, theirs, proof.Expires)));
        Assert.False(Verify(proof, DeviceProof.SessionText("session", "front", ours, theirs, proof.Expires + 1)));
    }

    internal static bool Verify(SessionIdentity proof, string text) => Verify(proof.PublicKey, proof.Signature, text);

    internal static bool Verify(string publicKey, string signature, string text)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Base64Url.DecodeFromChars(publicKey), out _);
        var bytes = Base64Url.DecodeFromChars(signature);
        return bytes.Length == 64
            && key.VerifyData(
                Encoding.UTF8.GetBytes(text),
                bytes,
                HashAlgorithmName.SHA256,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation
            );
    }
}
