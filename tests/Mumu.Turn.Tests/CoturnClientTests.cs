// coturn's own client against our server on loopback: by channel, by indication, and from client to client.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Mumu.Protocols.Turn;
using Mumu.Turn.Tests.Harness;

namespace Mumu.Turn.Tests;

public sealed partial class CoturnClientTests
{
    private const string Secret = "not so secret";
    private static readonly IPAddress s_peer = IPAddress.Parse("127.0.0.2");

    [Theory]
    [InlineData("-e 127.0.0.2 -r {peer}")]
    [InlineData("-s -e 127.0.0.2 -r {peer}")]
    [InlineData("-y")]
    [InlineData("-y -s")]
    [InlineData("-t -e 127.0.0.2 -r {peer}")]
    [InlineData("-t -s -e 127.0.0.2 -r {peer}")]
    [InlineData("-t -y")]
    [InlineData("-t -S -e 127.0.0.2 -r {peer}")]
    [InlineData("-t -S -s -e 127.0.0.2 -r {peer}")]
    [InlineData("-t -S -y")]
    public async Task Every_message_comes_back(string how)
    {
        using var certificate = new TestCertificate();
        await using var listener = Start([new IPNetwork(IPAddress.Loopback, 8)], certificate);
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(s_peer, 0));
        var echo = EchoAsync(peer);
        var port = ((IPEndPoint)peer.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        var said = await RunClientAsync(listener, $"-c -m 4 -n 250 -l 300 -z 5 {how.Replace("{peer}", port, StringComparison.Ordinal)}");
        Assert.True(SentMessages().IsMatch(said), said);
        var sent = int.Parse(SentMessages().Matches(said)[^1].Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(sent >= 1000, said);
        Assert.Contains("Total lost packets 0 ", said, StringComparison.Ordinal);
        Assert.True(listener.Counters.RelayedDatagrams >= 2000 / (how.Contains("-y", StringComparison.Ordinal) ? 2 : 1));
        peer.Close();
        await echo;
    }

    [Theory]
    [InlineData("-x -e ::1 -r {peer}")]
    [InlineData("-x -t -e ::1 -r {peer}")]
    [InlineData("-x -y")]
    public async Task Every_message_comes_back_through_relays_of_IPv6(string how)
    {
        await using var listener = Start([new IPNetwork(IPAddress.IPv6Loopback, 128)], at: IPAddress.IPv6Loopback);
        using var peer = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        var echo = EchoAsync(peer);
        var port = ((IPEndPoint)peer.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        var said = await RunClientAsync(listener, $"-c -m 2 -n 50 -l 300 -z 5 {how.Replace("{peer}", port, StringComparison.Ordinal)}");
        Assert.Contains("Total lost packets 0 ", said, StringComparison.Ordinal);
        Assert.True(listener.Counters.RelayedDatagrams >= 100);
        peer.Close();
        await echo;
    }

    [Theory]
    [InlineData("-Z -y")]
    [InlineData("-Z -t -y")]
    public async Task Every_message_comes_back_through_relays_of_both_families(string how)
    {
        await using var listener = Start([new IPNetwork(IPAddress.Loopback, 8), new IPNetwork(IPAddress.IPv6Loopback, 128)]);
        var said = await RunClientAsync(listener, $"-m 2 -n 50 -l 300 -z 5 {how}");
        Assert.Contains("Total lost packets 0 ", said, StringComparison.Ordinal);
        Assert.True(listener.Counters.RelayedDatagrams >= 100, said);
    }

    // Of the client's other modes for TCP, -P loses half of all messages with coturn's own server, too, and -S does not get all its connections up there.
    [Fact]
    public async Task Every_message_comes_through_relays_of_TCP()
    {
        await using var listener = Start([]);
        var said = await RunClientAsync(listener, "-m 2 -n 50 -l 300 -z 5 -T");
        Assert.True(SentMessages().IsMatch(said), said);
        Assert.Contains("Total lost packets 0 ", said, StringComparison.Ordinal);
        Assert.True(listener.Counters.RelayedBytes >= 100 * 300, said);
    }

    [Fact]
    public async Task Loopback_is_out_of_reach_unless_allowed()
    {
        await using var listener = Start([]);
        await RunClientAsync(listener, "-c -m 1 -n 5 -e 127.0.0.2 -r 9", limit: TimeSpan.FromSeconds(3));
        Assert.True(listener.Counters.Forbidden > 0);
        Assert.Equal(0, listener.Counters.RelayedDatagrams);
    }

    private static TurnListener Start(IPNetwork[] allowed, TestCertificate? certificate = null, IPAddress? at = null) =>
        new(
            new TurnListenerOptions
            {
                Listen = new IPEndPoint(at ?? IPAddress.Loopback, 0),
                RelayBind = IPAddress.Loopback,
                RelayBindIPv6 = IPAddress.IPv6Loopback,
                TlsListen = new IPEndPoint(IPAddress.Loopback, 0),
                Certificate = certificate?.Read(),
                AllowedPeers = allowed,
                Server = new TurnServerOptions { Secret = Encoding.UTF8.GetBytes(Secret), NonceKey = new byte[32] },
            },
            TimeProvider.System
        );

    /// <summary>Runs the client to its end, or to the limit; what it said.</summary>
    private static async Task<string> RunClientAsync(TurnListener listener, string arguments, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo("turnutils_uclient") { RedirectStandardOutput = true, RedirectStandardError = true };
        var port = arguments.Contains("-S", StringComparison.Ordinal) ? listener.TlsAddress!.Port : listener.LocalAddress.Port;
        string[] all = ["-u", "anna", "-W", Secret, "-p", $"{port}", .. arguments.Split(' '), $"{listener.LocalAddress.Address}"];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
        return await output + await errors;
    }

    private static async Task EchoAsync(Socket socket)
    {
        var buffer = new byte[2048];
        var from = new SocketAddress(socket.AddressFamily);
        try
        {
            while (true)
            {
                var length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from);
                await socket.SendToAsync(buffer.AsMemory(0, length), SocketFlags.None, from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    [GeneratedRegex(@"tot_send_msgs=(\d+)")]
    private static partial Regex SentMessages();
}
