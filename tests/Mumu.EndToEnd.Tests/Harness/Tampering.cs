// What a hostile hub may try on the way between device and browser.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mumu.EndToEnd.Tests.Harness;

internal abstract partial class Tampering
{
    /// <summary>Sees the viewer's offer on its way to the device.</summary>
    public virtual void Offer(JsonObject payload) { }

    /// <summary>Changes the device's answer on its way to the viewer.</summary>
    public abstract void Answer(JsonObject payload);

    /// <summary>Changes what the list of devices tells of one.</summary>
    public virtual void List(JsonObject device) { }

    protected static string FingerprintOf(JsonObject payload) =>
        Fingerprint()
            .Match((string)payload["sdp"]!["sdp"]!)
            .Groups["hex"]
            .Value.Replace(":", "", StringComparison.Ordinal)
            .ToLowerInvariant();

    protected static void SwapFingerprint(JsonObject payload, ReadOnlySpan<byte> sha256)
    {
        var hex = string.Join(':', Convert.ToHexString(sha256).Chunk(2).Select(pair => new string(pair)));
        payload["sdp"]!["sdp"] = Fingerprint().Replace((string)payload["sdp"]!["sdp"]!, $"a=fingerprint:sha-256 {hex}");
    }

    protected static string Base64Url(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    [GeneratedRegex("a=fingerprint:sha-256 (?<hex>[0-9A-Fa-f:]+)")]
    private static partial Regex Fingerprint();
}

/// <summary>Changes nothing.</summary>
internal sealed class Honest : Tampering
{
    public override void Answer(JsonObject payload) { }
}

/// <summary>Puts its own certificate where the device's was, to sit in the middle of the media.</summary>
internal sealed class OtherCertificate : Tampering
{
    public override void Answer(JsonObject payload) => SwapFingerprint(payload, RandomNumberGenerator.GetBytes(32));
}

/// <summary>Damages one letter of the signature.</summary>
internal sealed class OtherSignature : Tampering
{
    public override void Answer(JsonObject payload)
    {
        var signature = (string)payload["identity"]!["signature"]!;
        payload["identity"]!["signature"] = (signature[0] == 'A' ? 'B' : 'A') + signature[1..];
    }
}

/// <summary>Takes the signature away, as if the device had no key.</summary>
internal sealed class NoSignature : Tampering
{
    public override void Answer(JsonObject payload)
    {
        SwapFingerprint(payload, RandomNumberGenerator.GetBytes(32));
        payload.Remove("identity");
    }
}

/// <summary>Lets the first session pass and uses its signature again for all others.</summary>
internal sealed class OldSignature : Tampering
{
    private JsonNode? _first;

    public override void Answer(JsonObject payload)
    {
        if (_first is null)
        {
            _first = payload["identity"]!.DeepClone();
        }
        else
        {
            payload["identity"] = _first.DeepClone();
        }
    }
}

/// <summary>Signs with a key of its own, correctly, and lists that key as the device's. The first sessions may pass unchanged.</summary>
internal sealed class OwnKey : Tampering, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private string _viewer = "";

    public override void Offer(JsonObject payload) => _viewer = FingerprintOf(payload);

    public override void Answer(JsonObject payload)
    {
        SwapFingerprint(payload, RandomNumberGenerator.GetBytes(32));
        var expires = DateTimeOffset.UtcNow.AddMinutes(2).ToUnixTimeSeconds();
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"mumu-session-v1\n{(string)payload["session_id"]!}\n{(string)payload["identity"]!["camera"]!}\n{FingerprintOf(payload)}\n{_viewer}\n{expires}"
        );
        payload["identity"] = new JsonObject
        {
            ["public_key"] = Base64Url(_key.ExportSubjectPublicKeyInfo()),
            ["expires"] = expires,
            ["camera"] = (string)payload["identity"]!["camera"]!,
            ["signature"] = Base64Url(_key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256)),
        };
    }

    public override void List(JsonObject device) => device["public_key"] = Base64Url(_key.ExportSubjectPublicKeyInfo());

    public void Dispose() => _key.Dispose();
}
