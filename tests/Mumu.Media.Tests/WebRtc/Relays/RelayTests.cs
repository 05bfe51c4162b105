// Viewers who can be reached through a relay only, with coturn over UDP, TCP and TLS; and servers that give none.
using System.Text.RegularExpressions;
using Mumu.Media.WebRtc;

namespace Mumu.Media.Tests.WebRtc.Relays;

public sealed class RelayTests
{
    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task Every_frame_arrives_through_a_relay(string transport)
    {
        await using var coturn = await Coturn.StartAsync();
        await using var rig = new Rig(options => options with { RelayRoots = coturn.Roots });
        using var crowd = new Crowd();
        await using var visit = await Visit.BeginAsync(rig, crowd, [coturn.Server(transport)], onlyRelay: true);

        await crowd.WaitAsync(() => visit.Viewer.Frames.Count >= 75, () => $"The frames did not come. {visit}\n{coturn.Log}");

        var frames = visit.Viewer.Frames;
        Assert.All(frames, frame => Assert.True(frame.IsWhole));
        Assert.Equal((uint)frames.Count, frames[^1].Number - frames[0].Number + 1);
        Assert.Equal(visit.Relayed!.Address.ToString(), visit.Viewer.Selected!.Value.Remote.ToString());
        Assert.Contains("raddr 127.0.0.1", visit.Relayed!.Candidate, StringComparison.Ordinal);
        Assert.True(visit.HasEndOfCandidates);
        if (transport == "udp")
        {
            Assert.True(rig.Engine.Statistics.SegmentedSends > 0, "No frame left in one piece.");
        }
        await visit.Session.CloseAsync();
        await crowd.WaitAsync(() => CountReleased(coturn) == 1, () => $"The relay was not given back. {coturn.Log}");
    }

    [Fact]
    public async Task A_relay_that_is_not_needed_is_given_back_and_the_session_goes_on()
    {
        await using var coturn = await Coturn.StartAsync();
        await using var rig = new Rig();
        using var crowd = new Crowd();
        await using var visit = await Visit.BeginAsync(rig, crowd, [coturn.Server("udp")], onlyRelay: false);
        await crowd.WaitAsync(() => visit.Relayed is not null, () => $"No relay. {visit}\n{coturn.Log}");
        Assert.Equal(0, CountReleased(coturn));

        await crowd.WaitAsync(() => CountReleased(coturn) == 1, () => $"The relay was not given back. {visit}\n{coturn.Log}", 30);

        var count = visit.Viewer.Frames.Count;
        await crowd.WaitAsync(() => visit.Viewer.Frames.Count > count + 30, () => $"The stream did not go on. {visit}");
        Assert.NotEqual(visit.Relayed!.Address, visit.Viewer.Selected!.Value.Remote);
    }

    [Fact]
    public async Task Slower_transports_are_not_asked_where_the_first_one_works()
    {
        await using var coturn = await Coturn.StartAsync();
        await using var rig = new Rig(options => options with { RelayRoots = coturn.Roots });
        using var crowd = new Crowd();
        await using var visit = await Visit.BeginAsync(
            rig,
            crowd,
            [coturn.Server("tls"), coturn.Server("tcp"), coturn.Server("udp")],
            onlyRelay: true
        );
        await crowd.WaitAsync(() => visit.Viewer.Frames.Count >= 30 && visit.HasEndOfCandidates, () => $"No frames. {visit}\n{coturn.Log}");
        Assert.Equal(1, visit.RelayCount);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Where_udp_is_blocked_tcp_follows_a_moment_later()
    {
        await using var coturn = await Coturn.StartAsync("no-udp");
        await using var rig = new Rig();
        using var crowd = new Crowd();
        await using var visit = await Visit.BeginAsync(rig, crowd, [coturn.Server("udp"), coturn.Server("tcp")], onlyRelay: true);
        await crowd.WaitAsync(() => visit.Viewer.Frames.Count >= 30, () => $"No frames. {visit}\n{coturn.Log}");
        await crowd.WaitAsync(() => visit.Complaints.Count == 1, () => $"Nothing was said about UDP. {visit}", 40);
        Assert.Contains("Nothing listens", visit.Complaints[0].Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("udp", "wrong", "", "user name or password")]
    [InlineData("tcp", "wrong", "", "user name or password")]
    [InlineData("tls", null, "", "certificate")]
    [InlineData("udp", null, "user-quota=1", "486")]
    [InlineData("udp", null, "total-quota=1", "486")]
    public async Task A_server_that_refuses_is_named_once_and_the_session_goes_on(
        string transport,
        string? password,
        string setting,
        string expected
    )
    {
        await using var coturn = await Coturn.StartAsync(setting);
        await using var rig = new Rig();
        using var crowd = new Crowd();
        // Quotas: the first viewer takes what there is.
        await using var first = setting.Length > 0 ? await Visit.BeginAsync(rig, crowd, [coturn.Server(transport)], onlyRelay: true) : null;
        await crowd.WaitAsync(() => first is null or { Relayed: not null }, () => $"No relay for the first. {first}\n{coturn.Log}");
        await using var visit = await Visit.BeginAsync(rig, crowd, [coturn.Server(transport, password: password)], onlyRelay: false);

        await crowd.WaitAsync(() => visit.Viewer.Frames.Count >= 30 && visit.HasEndOfCandidates, () => $"No frames. {visit}\n{coturn.Log}");

        var complaint = Assert.Single(visit.Complaints);
        Assert.Contains(expected, complaint.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", complaint.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, visit.RelayCount);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_said_and_nothing_waits_for_it()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        RelayServer[] nobody =
        [
            new("turn:127.0.0.1:9", "anna", "x"),
            new("turn:127.0.0.1:9?transport=tcp", "anna", "x"),
            new("nonsense", "anna", "x"),
            new("turn:127.0.0.1:9", "", ""),
        ];
        await using var visit = await Visit.BeginAsync(rig, crowd, nobody, onlyRelay: false);
        await crowd.WaitAsync(() => visit.Viewer.Frames.Count >= 10, () => $"No frames. {visit}");
        await crowd.WaitAsync(() => visit.Complaints.Count == 4 && visit.HasEndOfCandidates, () => $"Not all were named. {visit}", 40);
    }

    [Fact]
    public async Task Another_server_is_asked_where_the_first_one_sends_us_there()
    {
        await using var second = await Coturn.StartAsync();
        var address = second.Server("udp").Url["turn:".Length..].Split('?')[0];
        await using var coturn = await Coturn.StartAsync($"alternate-server={address}");
        await using var rig = new Rig();
        using var crowd = new Crowd();
        await using var visit = await Visit.BeginAsync(rig, crowd, [coturn.Server("udp")], onlyRelay: true);
        await crowd.WaitAsync(
            () => visit.Viewer.Frames.Count >= 30,
            () => $"No frames. {visit}\nThe first:\n{coturn.Log}\nThe second:\n{second.Log}"
        );
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_nonce_that_ages_does_not_end_the_relay()
    {
        await using var coturn = await Coturn.StartAsync("stale-nonce=2", "max-allocate-lifetime=8");
        await using var rig = new Rig();
        using var crowd = new Crowd();
        await using var visit = await Visit.BeginAsync(rig, crowd, [coturn.Server("udp")], onlyRelay: true);
        await crowd.WaitAsync(() => visit.Viewer.Frames.Count >= 500, () => $"The frames did not come. {visit}\n{coturn.Log}", 40);
        Assert.Empty(visit.Complaints);
    }

    [Theory]
    [InlineData("turn:turn.example.org", "turn.example.org", 3478, "Udp")]
    [InlineData("TURN:192.0.2.1:99?transport=UDP", "192.0.2.1", 99, "Udp")]
    [InlineData("turn:[2001:db8::1]:443?transport=tcp", "2001:db8::1", 443, "Tcp")]
    [InlineData("turns:turn.example.org", "turn.example.org", 5349, "Tls")]
    [InlineData("turns:turn.example.org:443?transport=tcp", "turn.example.org", 443, "Tls")]
    public void Turn_urls_are_read(string text, string host, int port, string transport)
    {
        Assert.True(Media.WebRtc.Relays.RelayUrl.TryParse(text, out var url));
        Assert.Equal((host, port, transport), (url.Host, url.Port, url.Transport.ToString()));
        Assert.True(Media.WebRtc.Relays.RelayUrl.TryParse(url.ToString(), out var again));
        Assert.Equal(url, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("stun:host")]
    [InlineData("turn:")]
    [InlineData("turn:host:0")]
    [InlineData("turn:host:x")]
    [InlineData("turn:host?transport=sctp")]
    [InlineData("turns:host?transport=udp")]
    public void Other_urls_are_not(string text) => Assert.False(Media.WebRtc.Relays.RelayUrl.TryParse(text, out _));

    private static int CountReleased(Coturn coturn) => Regex.Count(coturn.Log, "refreshed, realm=<mumu.test>, username=<anna>, lifetime=0");
}
