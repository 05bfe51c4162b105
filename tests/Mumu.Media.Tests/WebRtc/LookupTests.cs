// Names and addresses that arrive as text from outside.
using System.Net;
using System.Text;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Tests.WebRtc;

public sealed class LookupTests
{
    [Theory]
    [InlineData("stun:stun.example.org", "stun.example.org", 3478)]
    [InlineData("STUN:192.0.2.1:19302", "192.0.2.1", 19302)]
    [InlineData("stun:[2001:db8::1]:3479", "2001:db8::1", 3479)]
    [InlineData("stun:[2001:db8::1]", "2001:db8::1", 3478)]
    [InlineData("stun:host?transport=udp", "host", 3478)]
    public void Stun_urls_are_read(string url, string host, int port)
    {
        Assert.True(StunServers.TryParse(url, out var foundHost, out var foundPort));
        Assert.Equal((host, port), (foundHost, foundPort));
    }

    [Theory]
    [InlineData("")]
    [InlineData("turn:host")]
    [InlineData("stun:")]
    [InlineData("stun:host:99999")]
    [InlineData("stun:host:x")]
    public void Other_urls_are_not(string url) => Assert.False(StunServers.TryParse(url, out _, out _));

    [Fact]
    public async Task Servers_off_this_machine_are_not_asked_from_loopback()
    {
        var found = await StunServers.ResolveAsync(
            ["stun:127.0.0.1:3479", "stun:192.0.2.1", "nonsense"],
            onlyLoopback: true,
            TestContext.Current.CancellationToken
        );
        Assert.Equal([TransportAddress.From(IPAddress.Loopback, 3479)], found);
    }

    [Fact]
    public void A_multicast_answer_is_read_whole_and_junk_is_not()
    {
        const string Name = "6b1e9c1c-9f1e-4d36-a3f5-0f6ea3a3f3b1.local";
        var query = new byte[300];
        var length = MulticastNames.WriteQuery(query, Name);
        var answer = new byte[512];
        query.AsSpan(0, length).CopyTo(answer);
        answer[2] = 0x84;
        answer[5] = 1; // the question is repeated, as answers to such queries do
        answer[7] = 1;
        byte[] record = [0xC0, 12, 0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, 192, 0, 2, 9];
        record.CopyTo(answer, length);
        var whole = answer.AsSpan(0, length + record.Length);

        Assert.True(MulticastNames.TryReadAnswer(whole, Name, out var address));
        Assert.Equal(IPAddress.Parse("192.0.2.9"), address);
        Assert.False(MulticastNames.TryReadAnswer(whole, "other.local", out _));
        Assert.True(Encoding.ASCII.GetString(query).Contains("local", StringComparison.Ordinal));
        for (var cut = 0; cut < whole.Length; cut++)
        {
            Assert.False(MulticastNames.TryReadAnswer(whole[..cut], Name, out _));
        }
        var random = new Random(9);
        for (var i = 0; i < 50_000; i++)
        {
            var mutated = whole.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }
            MulticastNames.TryReadAnswer(mutated, Name, out _);
        }
    }

    [Fact]
    public void A_wildcard_is_reached_by_the_addresses_of_this_machine()
    {
        var all = HostAddresses.Of(TransportAddress.From(IPAddress.IPv6Any, 8189), includeLoopback: true);
        Assert.Contains(TransportAddress.From(IPAddress.Loopback, 8189), all);
        Assert.Equal([TransportAddress.From(IPAddress.Loopback, 5)], HostAddresses.Of(TransportAddress.From(IPAddress.Loopback, 5), false));
    }
}
