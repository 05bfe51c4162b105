// Watching through the hub, with the real engine and a real viewer on loopback.
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Cameras;
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Tests.Identity;
using Mumu.Agent.Uplink;
using Mumu.Media.Units;
using Mumu.Signaling;

namespace Mumu.Agent.Tests.Live;

public sealed class WatchTests : IAsyncLifetime
{
    private readonly FakeSources _sources = new();
    private FakeHub _hub = null!;
    private RunningAgent _agent = null!;
    private FakeHubSocket _socket = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        _agent = await RunningAgent.StartAsync(
            $"{RunningAgent.Simulator}, \"fake\": {{ \"url\": \"rtsp://fake\" }}",
            _hub.Url,
            services =>
                services.AddSingleton<CameraSourceFactory>(
                    (id, settings) =>
                        settings.Source == CameraSourceKind.Simulator
                            ? CameraSources.Maker(TimeProvider.System, null!)(id, settings)
                            : _sources.Factory(id, settings)
                )
        );
        _socket = await _hub.GreetAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _hub.DisposeAsync();
    }

    private Task RequestAsync(string session, string? camera = "sim") =>
        _socket.SendAsync(
            MessageTypes.WatchRequest,
            new DeviceWatchRequest(session, "7", [], camera),
            SignalingJson.Wire.DeviceWatchRequest
        );

    private Task OfferAsync(string session, string sdp) =>
        _socket.SendAsync(MessageTypes.SignalOffer, new SignalSdp(session, new Sdp("offer", sdp)), SignalingJson.Wire.SignalSdp);

    private async Task<TestViewer> WatchAsync(string session)
    {
        var viewer = new TestViewer();
        await RequestAsync(session);
        await OfferAsync(session, viewer.Offer);
        var answer = await _socket.NextAsync(MessageTypes.SignalAnswer, SignalingJson.Default.SignalSdp);
        viewer.Accept(answer.Sdp!.Text!);
        await viewer.PlaysAsync();
        return viewer;
    }

    private async Task<string> EndAsync(string session)
    {
        var end = await _socket.NextAsync(MessageTypes.EndWatch, SignalingJson.Default.EndWatch);
        Assert.Equal(session, end.SessionId);
        return end.Reason!;
    }

    [Fact]
    public async Task An_answer_is_signed_for_exactly_this_session_and_its_two_ends()
    {
        await using var viewer = new TestViewer();
        await RequestAsync("s-1");
        await OfferAsync("s-1", viewer.Offer);
        var answer = await _socket.NextAsync(MessageTypes.SignalAnswer, SignalingJson.Default.SignalSdp);
        Assert.Equal(("s-1", "answer"), (answer.SessionId, answer.Sdp!.Type));
        var identity = answer.Identity!;
        var fingerprint = answer.Sdp.Text!.Split('\n').First(l => l.StartsWith("a=fingerprint:sha-256 ", StringComparison.Ordinal)).Trim()[
            22..
        ];
        var ours = fingerprint.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        Assert.Equal(_agent.Identity.PublicKey, identity.PublicKey);
        Assert.InRange(identity.Expires - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 60, 300);
        Assert.True(
            DeviceIdentityTests.Verify(
                identity,
                DeviceProof.SessionText("s-1", identity.Camera, ours, viewer.Fingerprint, identity.Expires)
            )
        );

        await _socket.NextAsync(MessageTypes.SignalIce); // The end of candidates at least.
        viewer.Accept(answer.Sdp.Text);
        await viewer.PlaysAsync();
    }

    [Fact]
    public async Task A_viewer_that_leaves_ends_its_session_alone()
    {
        await using var one = await WatchAsync("s-1");
        await using var two = await WatchAsync("s-2");
        await _socket.SendAsync(MessageTypes.WatchEnded, new WatchEnded("s-1", WatchEndReasons.UserEnded), SignalingJson.Wire.WatchEnded);
        await Eventually.HoldsAsync(() => _agent.Sessions.Count == 1 && one.HasEnded, "the first session is over");
        await two.PlaysAsync();
        Assert.DoesNotContain(MessageTypes.EndWatch, await _socket.SettleAsync());
    }

    [Fact]
    public async Task A_further_offer_of_the_same_viewer_restarts_ice_and_one_of_another_begins_anew()
    {
        await using var viewer = await WatchAsync("s-1");
        await OfferAsync("s-1", viewer.Restart());
        var answer = await _socket.NextAsync(MessageTypes.SignalAnswer, SignalingJson.Default.SignalSdp);
        Assert.NotNull(answer.Identity);
        viewer.AcceptRestart(answer.Sdp!.Text!);
        await viewer.PlaysAsync();
        Assert.False(viewer.HasEnded);

        await using var another = new TestViewer();
        await OfferAsync("s-1", another.Offer);
        answer = await _socket.NextAsync(MessageTypes.SignalAnswer, SignalingJson.Default.SignalSdp);
        another.Accept(answer.Sdp!.Text!);
        await another.PlaysAsync();
        await Eventually.HoldsAsync(() => viewer.HasEnded, "the replaced viewer is told");
        Assert.Equal(1, _agent.Sessions.Count);
    }

    [Fact]
    public async Task Pictures_go_on_while_the_hub_is_away()
    {
        await using var viewer = await WatchAsync("s-1");
        await RequestAsync("s-2");
        await Eventually.HoldsAsync(() => _agent.Sessions.Count == 2, "the second viewer is expected");
        _socket.Abort();
        await Eventually.HoldsAsync(() => _agent.Uplink.Status.State == UplinkState.Waiting, "the uplink is lost");
        await Eventually.HoldsAsync(() => _agent.Sessions.Count == 1, "the session that has no media is given up");
        await viewer.PlaysAsync();
        _socket = await _hub.GreetAsync();
        await viewer.PlaysAsync();
        await _socket.SendAsync(MessageTypes.WatchEnded, new WatchEnded("s-1", WatchEndReasons.UserEnded), SignalingJson.Wire.WatchEnded);
        await Eventually.HoldsAsync(() => _agent.Sessions.Count == 0, "the hub can end it again");
    }

    [Fact]
    public async Task A_camera_that_can_not_be_had_is_told_in_its_own_words()
    {
        _sources.Failures["fake"] = new SourceException(SourceFailure.WrongPassword, "Wrong password for this camera.");
        await using var viewer = new TestViewer();
        await RequestAsync("s-1", "fake");
        await OfferAsync("s-1", viewer.Offer);
        Assert.Equal("Wrong password for this camera.", await EndAsync("s-1"));
        await Eventually.HoldsAsync(() => _agent.Sessions.Count == 0, "the session is over");
    }

    [Fact]
    public async Task A_camera_that_breaks_while_it_is_watched_is_told_too()
    {
        await using var viewer = new TestViewer();
        await RequestAsync("s-1", "fake");
        await OfferAsync("s-1", viewer.Offer);
        await _socket.NextAsync(MessageTypes.SignalAnswer);
        _sources.Last("fake").Break(new SourceException(SourceFailure.Stalled, "The camera stopped sending."));
        Assert.Equal("The camera stopped sending.", await EndAsync("s-1"));
    }

    [Fact]
    public async Task A_removed_camera_ends_its_sessions()
    {
        await using var viewer = await WatchAsync("s-1");
        _agent.Settings.RemoveCamera("sim");
        Assert.Contains("removed", await EndAsync("s-1"), StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => viewer.HasEnded, "the viewer hears good-bye");
    }

    [Theory]
    [InlineData("nothing", "")]
    [InlineData("nonsense", "v=0 and then some")]
    public async Task A_bad_offer_is_refused_in_words(string session, string sdp)
    {
        await RequestAsync(session);
        await OfferAsync(session, sdp);
        Assert.NotEmpty(await EndAsync(session));
    }

    [Fact]
    public async Task Who_names_no_camera_gets_the_first_and_who_names_a_wrong_one_a_sentence()
    {
        await RequestAsync("s-1", null);
        await RequestAsync("s-2", "garage");
        Assert.Contains("no camera of that name", await EndAsync("s-2"), StringComparison.Ordinal);
        Assert.Equal(1, _agent.Sessions.Count);
    }

    [Fact]
    public async Task There_is_a_limit_to_sessions()
    {
        for (var i = 0; i < 4; i++)
        {
            await RequestAsync($"s-{i}");
        }
        Assert.Contains("as many viewers as it may", await EndAsync("s-3"), StringComparison.Ordinal);
        Assert.Equal(3, _agent.Sessions.Count);
    }

    [Fact]
    public async Task Junk_and_messages_for_unknown_sessions_do_no_harm()
    {
        await RequestAsync("s-1");
        string[] junk =
        [
            """{"type":"watch_request","payload":{}}""",
            """{"type":"watch_request","payload":{"session_id":"","user_id":"1","ice_servers":null}}""",
            """{"type":"watch_request","payload":{"session_id":"s-n","user_id":"1","ice_servers":[null,{"urls":null},{"urls":[null,"stun:"]}]}}""",
            """{"type":"signal_offer","payload":{"session_id":"none","sdp":{"type":"offer","sdp":"v=0"}}}""",
            """{"type":"signal_offer","payload":{"session_id":"s-1","sdp":null}}""",
            """{"type":"signal_ice","payload":{"session_id":"s-1","candidate":{"candidate":"candidate:junk"}}}""",
            """{"type":"signal_ice","payload":{"session_id":"s-1","candidate":null}}""",
            """{"type":"signal_ice","payload":{"session_id":null}}""",
            """{"type":"watch_ended","payload":{}}""",
        ];
        foreach (var text in junk)
        {
            await _socket.SendAsync(text);
        }
        await using var viewer = await WatchAsync("s-2");
    }

    [Fact]
    public async Task A_second_offer_takes_the_place_of_the_first()
    {
        await using var first = await WatchAsync("s-1");
        await using var second = new TestViewer();
        await OfferAsync("s-1", second.Offer);
        var answer = await _socket.NextAsync(MessageTypes.SignalAnswer, SignalingJson.Default.SignalSdp);
        second.Accept(answer.Sdp!.Text!);
        await second.PlaysAsync();
        await Eventually.HoldsAsync(() => first.HasEnded, "the first path is closed");
        Assert.Equal(1, _agent.Sessions.Count);
    }

    [Fact]
    public async Task Viewers_are_told_when_the_device_is_switched_off()
    {
        await using var viewer = await WatchAsync("s-1");
        var stopping = _agent.StopAsync();
        Assert.Contains("switched off", await EndAsync("s-1"), StringComparison.Ordinal);
        await stopping;
    }
}
