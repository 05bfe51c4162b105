// Challenges and their answers: Basic, Digest in its kinds, stale nonces, wrong passwords.
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Mumu.Protocols.Rtsp;

namespace Mumu.Protocols.Tests.Rtsp;

public sealed class RtspAuthenticationTests
{
    private static readonly RtspCredentials Good = new("ann", "s3cr\"et:é");

#pragma warning disable CA5351 // What cameras use.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // A server's own view of a Digest answer, written from RFC 7616 apart from the client.
    private static bool IsRight(Request request, RtspCredentials who, string realm, string nonce, bool qop, Func<string, string> hash)
    {
        var header = request.Header("Authorization");
        if (header?.StartsWith("Digest ", StringComparison.Ordinal) != true)
        {
            return false;
        }
        var fields = Regex
            .Matches(header, "(\\w+)=(?:\"([^\"]*)\"|([^,]*))")
            .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value + m.Groups[3].Value);
        var secret = hash($"{who.UserName}:{realm}:{who.Password}");
        var asked = hash($"{request.Method}:{request.Uri}");
        var expected = qop ? hash($"{secret}:{nonce}:{fields["nc"]}:{fields["cnonce"]}:auth:{asked}") : hash($"{secret}:{nonce}:{asked}");
        return fields["username"] == who.UserName
            && fields["uri"] == request.Uri
            && fields["nonce"] == nonce
            && fields["response"] == expected;
    }

    private static ScriptedServer Digest(string challenge, Func<Request, bool> isRight, RtspCredentials? credentials) =>
        new ScriptedServer(
            request => isRight(request) ? ScriptedServer.Good(request) : request.Reply("401 Unauthorized", challenge),
            credentials
        ).Run();

    [Theory]
    [InlineData("WWW-Authenticate: Digest realm=\"a, b\", nonce=\"n1\"\r\n", false, false)]
    [InlineData("WWW-Authenticate: Digest realm=\"a, b\",nonce=\"n1\",qop=\"auth,auth-int\",opaque=\"o\",algorithm=MD5\r\n", true, false)]
    [InlineData("WWW-Authenticate: Digest realm=\"a, b\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"\r\n", true, true)]
    [InlineData(
        "WWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: Digest algorithm=\"MD5\", realm=\"a, b\", nonce=\"n1\"\r\nWWW-Authenticate: Digest algorithm=\"SHA-256\", realm=\"a, b\", nonce=\"n1\"\r\n",
        false,
        true
    )]
    [InlineData("www-authenticate: Basic realm=\"x\", Digest realm=\"a, b\", nonce=\"n1\", Strange x=1\r\n", false, false)]
    public void Digest_is_answered_in_its_best_kind(string challenge, bool qop, bool isSha256)
    {
        var server = Digest(challenge, request => IsRight(request, Good, "a, b", "n1", qop, isSha256 ? Sha256 : Md5), Good);
        Assert.Equal(["OPTIONS", "OPTIONS", "DESCRIBE", "SETUP", "SETUP", "PLAY"], server.Requests.Select(request => request.Method));
        Assert.Equal("Playing", server.Events[^1]);
        if (qop)
        {
            Assert.Contains("nc=00000001", server.Requests[1].Text);
            Assert.Contains("nc=00000005", server.Requests[^1].Text);
        }
    }

    [Fact]
    public void The_well_known_answer_without_qop_is_reproduced()
    {
        // RFC 2069 §2.4 with the corrected answer of its errata.
        var authenticator = new RtspAuthenticator(new RtspCredentials("Mufasa", "CircleOfLife"), new Random(1));
        Assert.True(authenticator.TryTake(["Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\""], out _));
        Assert.Contains("response=\"1949323746fe6a43ef61f9606e7febea\"", authenticator.Authorize("GET", "/dir/index.html"));
    }

    [Fact]
    public void Basic_is_answered()
    {
        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("ann:s3cr\"et:é"));
        var server = Digest("WWW-Authenticate: Basic realm=\"cam\"\r\n", request => request.Header("Authorization") == expected, Good);
        Assert.Equal("Playing", server.Events[^1]);
    }

    [Fact]
    public void A_stale_nonce_is_replaced_without_giving_up()
    {
        var nonce = 0;
        var uses = 0;
        var server = new ScriptedServer(
            request =>
            {
                if (IsRight(request, Good, "r", $"n{nonce}", true, Md5) && ++uses % 2 == 1)
                {
                    return ScriptedServer.Good(request);
                }
                nonce++;
                return request.Reply(
                    "401 Unauthorized",
                    $"WWW-Authenticate: Digest realm=\"r\", nonce=\"n{nonce}\", qop=\"auth\"{(nonce % 2 == 0 ? ", stale=true" : "")}\r\n"
                );
            },
            Good
        ).Run();
        Assert.Equal("Playing", server.Events[^1]);
    }

    [Fact]
    public void A_wrong_password_is_tried_once_and_told()
    {
        var nonce = 0;
        var server = new ScriptedServer(
            request => request.Reply("401 Unauthorized", $"WWW-Authenticate: Digest realm=\"r\", nonce=\"{nonce++}\"\r\n"),
            new RtspCredentials("ann", "hunter2")
        ).Run();
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(RtspEndReason.Unauthorized, server.End?.Reason);
        Assert.DoesNotContain("hunter2", server.End?.Message);
        Assert.DoesNotContain("hunter2", new RtspCredentials("ann", "hunter2").ToString());
    }

    [Fact]
    public void Endless_stale_nonces_end_the_session()
    {
        var server = new ScriptedServer(
            request => request.Reply("401 No", "WWW-Authenticate: Digest realm=\"r\", nonce=\"x\", stale=TRUE\r\n"),
            Good
        ).Run();
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(RtspEndReason.Unauthorized, server.End?.Reason);
    }

    [Theory]
    [InlineData("WWW-Authenticate: Digest realm=\"r\", nonce=\"x\"\r\n", false)]
    [InlineData("WWW-Authenticate: Negotiate\r\n", true)]
    [InlineData("WWW-Authenticate: Digest realm=\"r\", nonce=\"x\", qop=\"auth-int\"\r\n", true)]
    [InlineData("WWW-Authenticate: Digest realm=\"r\", nonce=\"x\", algorithm=SHA-512\r\n", true)]
    [InlineData("", true)]
    public void Without_credentials_or_a_challenge_we_know_the_session_ends(string challenge, bool hasCredentials)
    {
        var server = Digest(challenge, _ => false, hasCredentials ? Good : null);
        Assert.Equal(RtspEndReason.Unauthorized, server.End?.Reason);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Credentials_in_the_address_never_leave_in_a_request()
    {
        var server = new ScriptedServer(ScriptedServer.Good, uri: "rtsp://ann:hunter2@cam.local:8554/live?x=1#f").Run();
        Assert.Equal("rtsp://cam.local:8554/live?x=1", server.Requests[0].Uri);
        Assert.DoesNotContain("hunter2", string.Concat(server.Requests.Select(request => request.Text)));
    }

    [Fact]
    public void Mutated_challenges_never_throw()
    {
        var random = new Random(3);
        const string Challenge = "Digest realm=\"a, \\\"b\", nonce=\"n1\", qop=\"auth\", Basic realm=x";
        for (var i = 0; i < 5_000; i++)
        {
            var text = Challenge.ToCharArray();
            text[random.Next(text.Length)] = (char)random.Next(32, 127);
            text[random.Next(text.Length)] = "\",= \\"[random.Next(5)];
            var authenticator = new RtspAuthenticator(Good, random);
            if (authenticator.TryTake([new string(text, 0, random.Next(text.Length + 1))], out _))
            {
                authenticator.Authorize("OPTIONS", "rtsp://x/");
            }
        }
    }
}
