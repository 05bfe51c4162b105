// JWTs of others: what counts, and every way in which one does not.
using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mumu.Agent.Keys;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Keys;

public sealed class TokenAccessTests : IDisposable
{
    private const string Secret = "a secret of thirty-two characters";
    private readonly DataDirectory _data = new();
    private readonly ManualTime _time = new();
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _keySet;

    public TokenAccessTests()
    {
        _keySet = _data.File("keys-of-others.json");
        WriteKeySet("rsa-1", "ec-1");
    }

    public void Dispose()
    {
        _data.Dispose();
        _rsa.Dispose();
        _ec.Dispose();
    }

    private void WriteKeySet(string rsa, string ec)
    {
        var (r, e) = (_rsa.ExportParameters(false), _ec.ExportParameters(false));
        File.WriteAllText(
            _keySet,
            $$"""
            { "keys": [
              { "kty": "RSA", "kid": "{{rsa}}", "use": "sig", "n": "{{Base64Url.EncodeToString(
                r.Modulus
            )}}", "e": "{{Base64Url.EncodeToString(r.Exponent)}}" },
              { "kty": "EC", "kid": "{{ec}}", "crv": "P-256", "x": "{{Base64Url.EncodeToString(e.Q.X)}}", "y": "{{Base64Url.EncodeToString(
                e.Q.Y
            )}}" },
              { "kty": "oct", "kid": "oct-1", "k": "{{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Secret))}}" } ] }
            """
        );
    }

    private Access Open(string place) =>
        new(
            new KeyStore(_data.Path, _time),
            _data.Open($$"""{ "access": { "jwt": { {{place}}, "issuer": "https://login.example", "audience": "cameras" } } }"""),
            _time
        );

    private Access ByKeySet() => Open($"\"keySet\": {JsonSerializer.Serialize(_keySet)}");

    private static async Task<AccessOutcome> AskAsync(
        Access access,
        string token,
        AccessAction action = AccessAction.Read,
        string? path = "garden/a"
    ) =>
        (
            await access.DecideAsync(
                new AccessRequest(new Credentials(Token: token), IPAddress.Loopback, action, path),
                TestContext.Current.CancellationToken
            )
        ).Outcome;

    private string Token(string alg, string? kid, Func<byte[], byte[]> sign, string? claims = null)
    {
        var end = ManualTime.Start.AddMinutes(5).ToUnixTimeSeconds();
        claims ??=
            $$"""{"sub":"carol","iss":"https://login.example","aud":"cameras","exp":{{end}},"mumu_permissions":[{"action":"read","path":"garden/*"},{"action":"fly"},{"action":"metrics","path":""}]}""";
        var header = kid is null ? $$"""{"alg":"{{alg}}","typ":"JWT"}""" : $$"""{"alg":"{{alg}}","kid":"{{kid}}"}""";
        var signed =
            $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private byte[] Rs(byte[] data) => _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private byte[] Es(byte[] data) => _ec.SignData(data, HashAlgorithmName.SHA256);

    private static byte[] Hs(byte[] data) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), data);

    [Fact]
    public async Task Tokens_of_the_key_set_allow_what_they_say()
    {
        var access = ByKeySet();
        foreach (var token in new[] { Token("RS256", "rsa-1", Rs), Token("ES256", "ec-1", Es), Token("RS256", null, Rs) })
        {
            Assert.Equal(AccessOutcome.Granted, await AskAsync(access, token));
            Assert.Equal(AccessOutcome.Granted, await AskAsync(access, token, AccessAction.Metrics, null));
            Assert.Equal(AccessOutcome.NotAllowed, await AskAsync(access, token, AccessAction.Publish));
            Assert.Equal(AccessOutcome.NotAllowed, await AskAsync(access, token, AccessAction.Read, "front"));
        }
        var inPassword = new AccessRequest(new Credentials("any", Token("ES256", "ec-1", Es)), null, AccessAction.Read, "garden/a");
        var decision = await access.DecideAsync(inPassword, TestContext.Current.CancellationToken);
        Assert.Equal((true, "carol"), (decision.IsGranted, decision.Key!.Name));
    }

    [Fact]
    public async Task Tokens_of_the_secret_count_where_there_is_a_secret()
    {
        var access = Open($"\"secret\": \"{Secret}\"");
        Assert.Equal(AccessOutcome.Granted, await AskAsync(access, Token("HS256", null, Hs)));
        Assert.Equal(AccessOutcome.WrongKey, await AskAsync(access, Token("RS256", "rsa-1", Rs)));
    }

    [Fact]
    public async Task Nothing_else_counts()
    {
        var access = ByKeySet();
        var publicKey = _rsa.ExportSubjectPublicKeyInfo();
        var soon = ManualTime.Start.AddMinutes(5).ToUnixTimeSeconds();
        var past = ManualTime.Start.AddMinutes(-1).ToUnixTimeSeconds();
        string Claims(string rest) => $$"""{"sub":"x",{{rest}},"mumu_permissions":[{"action":"read"}]}""";
        const string good = "\"iss\":\"https://login.example\",\"aud\":\"cameras\"";
        string[] tokens =
        [
            Token("none", null, _ => []),
            Token("HS256", "rsa-1", data => HMACSHA256.HashData(publicKey, data)),
            Token("HS256", "oct-1", Hs),
            Token("RS256", "rsa-2", Rs),
            Token("RS256", "rsa-1", Es),
            Token("ES256", "rsa-1", Es),
            Token("RS256", "rsa-1", Rs)[..^4] + "AAAA",
            Token("RS256", "rsa-1", Rs, Claims($"{good},\"exp\":{past}")),
            Token("RS256", "rsa-1", Rs, Claims(good)),
            Token("RS256", "rsa-1", Rs, Claims($"{good},\"exp\":{soon},\"nbf\":{soon}")),
            Token("RS256", "rsa-1", Rs, Claims($"\"iss\":\"https://login.example\",\"aud\":\"other\",\"exp\":{soon}")),
            Token("RS256", "rsa-1", Rs, Claims($"\"iss\":\"https://evil.example\",\"aud\":\"cameras\",\"exp\":{soon}")),
            Token("RS256", "rsa-1", Rs, Claims($"\"exp\":{soon}")),
            Token("RS256", "rsa-1", Rs) + ".AAAA.AAAA",
            "aaaaaaaaaaaa.bbbbbbbbbbbbbbbb.ccccccccccccc",
            "!!!!!!!!!!!!.????????????????.ccccccccccccc",
            $"{Base64Url.EncodeToString("[]"u8)}.{Base64Url.EncodeToString("[]"u8)}.AAAAAAAAAAAAAAAAAAAAAAA",
        ];
        for (var i = 0; i < tokens.Length; i++)
        {
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(
                (i, false),
                (
                    i,
                    (
                        await access.DecideAsync(
                            new AccessRequest(new Credentials(Token: tokens[i]), new IPAddress(i + 1), AccessAction.Read, "garden/a"),
                            TestContext.Current.CancellationToken
                        )
                    ).IsGranted
                )
            );
        }
        Assert.Equal(AccessOutcome.Granted, await AskAsync(access, Token("RS256", "rsa-1", Rs)));
    }

    [Fact]
    public async Task New_keys_are_found_and_invented_names_cost_little()
    {
        var access = ByKeySet();
        Assert.Equal(AccessOutcome.Granted, await AskAsync(access, Token("RS256", "rsa-1", Rs)));
        WriteKeySet("rsa-2", "ec-2");
        Assert.False((await AskAsync(access, Token("RS256", "rsa-2", Rs))) == AccessOutcome.Granted); // just looked
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(AccessOutcome.Granted, await AskAsync(access, Token("RS256", "rsa-2", Rs)));
        File.Delete(_keySet);
        _time.Advance(TimeSpan.FromHours(2));
        var late = ManualTime.Start.AddHours(3).ToUnixTimeSeconds();
        var claims = $$"""{"iss":"https://login.example","aud":"cameras","exp":{{late}},"mumu_permissions":[{"action":"read"}]}""";
        Assert.Equal(AccessOutcome.Granted, await AskAsync(access, Token("RS256", "rsa-2", Rs, claims))); // the old set counts while there is no new one
    }

    [Theory]
    [InlineData("\"keySet\": \"x\", \"issuer\": \"i\"", "audience")]
    [InlineData("\"keySet\": \"http://login.example/keys\", \"issuer\": \"i\", \"audience\": \"a\"", "https")]
    [InlineData("\"secret\": \"short\", \"issuer\": \"i\", \"audience\": \"a\"", "32")]
    [InlineData("\"issuer\": \"i\", \"audience\": \"a\"", "either")]
    public void Careless_settings_are_refused(string jwt, string naming)
    {
        var text = $$"""{ "access": { "jwt": { {{jwt}} } } }""";
        Assert.Contains(
            naming,
            Assert.Throws<Mumu.Agent.Settings.SettingsException>(() => _data.Open(text)).Message,
            StringComparison.Ordinal
        );
    }
}
