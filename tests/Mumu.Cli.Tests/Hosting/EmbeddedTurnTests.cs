// The TURN server that `mumu up` composes: reached with the hub's credentials, and reaching of this machine nothing but the agent's media.
using System.Net;
using System.Net.Sockets;
using Mumu.Agent.Settings;
using Mumu.Cli.Hosting;
using Mumu.Cli.Tests.Bench;
using Mumu.Cli.Verbs;
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;
using Mumu.Turn.Tests.Harness;

namespace Mumu.Cli.Tests.Hosting;

public sealed class EmbeddedTurnTests : IDisposable
{
    private const string User = "99999999999:viewer_1_test";
    private static readonly Uri StatusPath = new("/api/turn/status", UriKind.Relative);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_this_machine_the_agents_media_is_reached_through_it_and_nothing_else(bool overTcp)
    {
        await using var host = await RunningHost.StartAsync();
        var server = new IPEndPoint(IPAddress.Loopback, host.Ports.Turn);
        using var client = new TurnTestClient(server, User, TurnCredential.Password(host.TurnSecret, User), overTcp);
        Assert.Equal(0, await client.AllocateAsync());
        var media = TransportAddress.From(IPAddress.Loopback, host.Ports.WebRtc);
        Assert.Equal(0, await client.PermitAsync(media));
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        client.SendTo(media.WithPort(((IPEndPoint)other.LocalEndPoint!).Port), "not for you"u8);
        client.SendTo(media, BindingRequest());
        var counters = host.TurnCounters;
        await Eventually.IsTrueAsync(
            () => Task.FromResult(counters is { RelayedDatagrams: 1, NotPermitted: 1 }),
            TimeSpan.FromSeconds(30),
            "one datagram is relayed and one refused"
        );
        Assert.Equal(0, other.Available);
        foreach (var address in (string[])["127.0.0.2", "192.168.1.1", "169.254.169.254", "0.0.0.0"])
        {
            Assert.Equal(403, await client.PermitAsync(TransportAddress.From(IPAddress.Parse(address), host.Ports.WebRtc)));
        }
    }

    [Fact]
    public async Task The_owner_is_told_what_it_did_and_nobody_else()
    {
        await using var host = await RunningHost.StartAsync();
        using var http = new HttpClient { BaseAddress = host.Hub };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(StatusPath, TestContext.Current.CancellationToken)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", host.Token);
        var status = await http.GetStringAsync(StatusPath, TestContext.Current.CancellationToken);
        Assert.StartsWith("{\"allocations\":0,\"allocated\":0,\"connections\":0,", status, StringComparison.Ordinal);
    }

    [Fact]
    public void It_listens_where_the_program_listens()
    {
        var settings = Open(
            new SettingsOverrides
            {
                Bind = "127.0.0.1",
                PortOffset = 100,
                TurnAllow = ["10.1.0.0/16", "10.2.3.4"],
            }
        );
        var options = EmbeddedTurn.Listener(settings.Current, "secret", runsAgent: true);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 3578), options.Listen);
        Assert.All(options.OwnPorts, port => Assert.Equal(IPAddress.Loopback, port.Address));
        Assert.Equal(8289, options.OwnPorts[0].Port);
        Assert.Equal([IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("10.2.3.4/32")], options.AllowedPeers);
        Assert.Empty(EmbeddedTurn.Listener(settings.Current, "secret", runsAgent: false).OwnPorts);
    }

    [Fact]
    public void Another_server_takes_its_place_and_a_switch_turns_it_off()
    {
        Assert.True(Plan("{ }").RunsTurn);
        Assert.False(Plan("""{ "turn": { "enabled": false } }""").RunsTurn);
        Assert.False(Plan("""{ "hub": { "turn": { "urls": ["turn:x"], "secret": "s" } } }""").RunsTurn);
        Assert.False((Plan("{ }") with { RunsHub = false }).RunsTurn);
    }

    [Fact]
    public void The_secret_is_made_once_and_only_its_owner_reads_it()
    {
        var made = EmbeddedTurn.Secret(new TurnServerSettings(), _folder.Path);
        Assert.Equal(64, made.Length);
        Assert.Equal(made, EmbeddedTurn.Secret(new TurnServerSettings(), _folder.Path));
        Assert.Equal("given", EmbeddedTurn.Secret(new TurnServerSettings(Secret: "given"), _folder.Path));
        var path = Path.Combine(_folder.Path, EmbeddedTurn.SecretFile);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
        File.WriteAllText(path, "\n");
        Assert.Throws<VerbException>(() => EmbeddedTurn.Secret(new TurnServerSettings(), _folder.Path));
    }

    [Theory]
    [InlineData(null, "turn:{host}:3478?transport=udp")]
    [InlineData("turn.example", "turn:turn.example:3478?transport=udp")]
    [InlineData("2001:db8::1", "turn:[2001:db8::1]:3478?transport=udp")]
    public void Clients_are_told_the_public_host_or_the_one_they_came_by(string? host, string url) =>
        Assert.Contains(url, EmbeddedTurn.Credentials(new TurnServerSettings(Host: host), "secret").Urls);

    [Fact]
    public async Task A_taken_port_is_told_in_a_sentence()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var options = EmbeddedTurn.Listener(Open(new SettingsOverrides()).Current, "secret", runsAgent: false);
        await using var service = new TurnService(options with { Listen = (IPEndPoint)other.LocalEndPoint! }, TimeProvider.System);
        var refusal = await Assert.ThrowsAsync<VerbException>(() => service.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("turn.port", refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] BindingRequest()
    {
        var buffer = new byte[64];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, new StunTransactionId(1, 2));
        writer.WriteFingerprint();
        return buffer[..writer.Length];
    }

    private SettingsStore Open(SettingsOverrides overrides) =>
        SettingsStore.Open(_folder.Path, overrides, new Dictionary<string, string>());

    private HostPlan Plan(string text)
    {
        File.WriteAllText(Path.Combine(_folder.Path, SettingsStore.FileName), text);
        return new HostPlan(_folder.Path, null, Open(new SettingsOverrides()), RunsHub: true, RunsAgent: true);
    }
}
