// What people are told when a server cannot be measured.
using System.Net;
using Mumu.Cli.Bench;
using Mumu.Cli.Verbs;

namespace Mumu.Cli.Tests.Bench;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("401 Unauthorized", "{\"detail\":\"No key.\"}", "application/json", "refused the key (401)", "It says: No key.")]
    [InlineData("403 Forbidden", "", "text/plain", "refused the key (403)", "--key-stdin")]
    [InlineData("404 Not Found", "<html>nothing</html>", "text/html", "no stream at /cam/whep (404).", "(404).")]
    [InlineData("400 Bad Request", "{broken", "application/json", "refused the offer (400 Bad Request)", "It says: {broken")]
    [InlineData("503 Service Unavailable", "{\"error\":\"busy\"}", "application/problem+json", "(503 Service Unavailable)", "busy")]
    [InlineData("200 OK", "hello", "text/plain", "this is no WHEP address", "200 and not 201")]
    [InlineData("201 Created", "hello", "application/sdp", "The server's answer is no use", "")]
    [InlineData("201 Created", "", "application/sdp", "The server's answer is no use", "")]
    public async Task A_refusal_is_a_sentence(string status, string body, string type, string says, string alsoSays)
    {
        await using var server = new ScriptedHttp(status, body, type);
        var sentence = await FailureOfAsync(server.Address);
        Assert.Contains(says, sentence, StringComparison.Ordinal);
        Assert.Contains(alsoSays, sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_named()
    {
        await using var server = new ScriptedHttp("307 Temporary Redirect", headers: "Location: /elsewhere\r\n");
        Assert.Contains("redirects to /elsewhere", await FailureOfAsync(server.Address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_is_named()
    {
        Uri address;
        await using (var server = new ScriptedHttp("200 OK"))
        {
            address = server.Address;
        }
        Assert.Contains($"Nothing listens at {address.Authority}", await FailureOfAsync(address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_travel_in_the_header_only()
    {
        await using var server = new ScriptedHttp("401 Unauthorized");
        await FailureOfAsync(server.Address, "secret-key");
        Assert.Contains("Authorization: Bearer secret-key", server.LastRequest, StringComparison.Ordinal);
        Assert.Contains("POST /cam/whep ", server.LastRequest, StringComparison.Ordinal);
        Assert.Contains("application/sdp", server.LastRequest, StringComparison.Ordinal);
        await FailureOfAsync(server.Address, "secret", "anna");
        Assert.Contains("Authorization: Basic YW5uYTpzZWNyZXQ=", server.LastRequest, StringComparison.Ordinal);
    }

    private static async Task<string> FailureOfAsync(Uri address, string? key = null, string? user = null)
    {
        await using var signaling = new WhepSignaling(address, key, user);
        var options = new BenchOptions { Bind = IPAddress.Loopback, Window = TimeSpan.FromSeconds(1) };
        var run = new BenchRun(options, signaling, TimeProvider.System);
        return (await Assert.ThrowsAsync<VerbException>(() => run.RunAsync(TestContext.Current.CancellationToken))).Message;
    }
}
