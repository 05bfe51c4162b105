// Candidates as text: those of browsers and other stacks, and junk.
using System.Net;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Ice;

public sealed class IceCandidateTests
{
    private const string Chrome =
        "candidate:842163049 1 udp 1677729535 203.0.113.7 41234 typ srflx raddr 192.168.1.5 rport 50000 generation 0 ufrag aBcD network-id 1 network-cost 10";

    [Fact]
    public void Reads_what_chrome_writes()
    {
        Assert.True(IceCandidate.TryParse(Chrome, out var candidate));
        Assert.Equal(
            new IceCandidate(
                "842163049",
                1,
                IceTransport.Udp,
                1677729535,
                "203.0.113.7",
                41234,
                IceCandidateType.ServerReflexive,
                TransportAddress.From(IPAddress.Parse("192.168.1.5"), 50000)
            )
            {
                Ufrag = "aBcD",
            },
            candidate
        );
        Assert.True(candidate.TryGetAddress(out var address));
        Assert.Equal(TransportAddress.From(IPAddress.Parse("203.0.113.7"), 41234), address);
    }

    [Theory]
    [InlineData("a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host", true)]
    [InlineData("candidate:1 1 udp 2130706431 6ba9a9a4-1d11-4c3c-8a36-0d5c0f5b6a11.local 8998 typ host generation 0", false)]
    [InlineData("1 1 udp 2130706431 2001:db8::1 8998 typ relay raddr :: rport 0", true)]
    [InlineData("candidate:1 1 tcp 1518280447 10.0.1.1 9 typ host tcptype active generation 0", true)]
    public void Reads_other_kinds(string text, bool hasAddress)
    {
        Assert.True(IceCandidate.TryParse(text, out var candidate));
        Assert.Equal(hasAddress, candidate.TryGetAddress(out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("candidate:")]
    [InlineData("candidate:1 1 udp 1 10.0.1.1 8998")]
    [InlineData("candidate:1 1 udp 1 10.0.1.1 8998 typ")]
    [InlineData("candidate:1 1 udp 1 10.0.1.1 8998 typ home")]
    [InlineData("candidate:1 0 udp 1 10.0.1.1 8998 typ host")]
    [InlineData("candidate:1 1 udp -1 10.0.1.1 8998 typ host")]
    [InlineData("candidate:1 1 udp 4294967296 10.0.1.1 8998 typ host")]
    [InlineData("candidate:1 1 udp 1 10.0.1.1 65536 typ host")]
    [InlineData("candidate:1 1 sctp 1 10.0.1.1 8998 typ host")]
    [InlineData("candidate:1 1 tcp 1 10.0.1.1 8998 typ host")]
    [InlineData("candidate:1 1 udp 1 10.0.1.1;rm 8998 typ host")]
    public void Refuses_junk(string text) => Assert.False(IceCandidate.TryParse(text, out _));

    [Theory]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("010.1.1.1")]
    [InlineData("0x7f.1")]
    [InlineData("256.1.1.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("fe80::1%3")]
    [InlineData("::g")]
    public void Takes_only_plain_addresses_for_addresses(string host)
    {
        Assert.True(IceCandidate.TryParse($"candidate:1 1 udp 1 {host} 8998 typ host", out var candidate));
        Assert.False(candidate.TryGetAddress(out _));
    }

    [Fact]
    public void Round_trips()
    {
        foreach (
            var text in new[]
            {
                "candidate:1 1 udp 2130706431 10.0.1.1 8998 typ host",
                "candidate:1 1 tcp 2130706431 10.0.1.1 9 typ host tcptype active",
                "candidate:1 1 udp 5 2001:db8::1 8998 typ relay raddr 10.0.1.1 rport 5 ufrag abcd",
            }
        )
        {
            Assert.True(IceCandidate.TryParse(text, out var candidate));
            Assert.Equal(text, candidate.ToString());
        }
    }

    [Fact]
    public void Truncations_mutations_and_giants_never_throw()
    {
        for (var length = 0; length <= Chrome.Length; length++)
        {
            _ = IceCandidate.TryParse(Chrome.AsSpan(0, length), out _);
        }
        var random = new Random(99);
        for (var round = 0; round < 100_000; round++)
        {
            var bent = Chrome.ToCharArray();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                bent[random.Next(bent.Length)] = random.Next(4) == 0 ? (char)random.Next(0x400) : " :.0-9aZ%"[random.Next(9)];
            }
            if (IceCandidate.TryParse(bent, out var candidate))
            {
                candidate.TryGetAddress(out _);
                Assert.True(IceCandidate.TryParse(candidate.ToString(), out var again));
                Assert.Equal(candidate, again);
            }
        }
        Assert.False(IceCandidate.TryParse(Chrome + new string('x', 2000), out _));
    }

    [Fact]
    public void Credentials_are_made_of_ice_chars_and_hide_their_password()
    {
        var entropy = new byte[IceCredentials.EntropyLength];
        new Random(5).NextBytes(entropy);
        var made = IceCredentials.Create(entropy);
        Assert.True(IceCredentials.TryCreate(made.Ufrag, made.Password, out var same));
        Assert.Equal(made, same);
        Assert.DoesNotContain(made.Password, made.ToString(), StringComparison.Ordinal);
        Assert.False(IceCredentials.TryCreate("abc", made.Password, out _));
        Assert.False(IceCredentials.TryCreate("abcd", "too short", out _));
        Assert.False(IceCredentials.TryCreate("ab cd", made.Password, out _));
    }
}
