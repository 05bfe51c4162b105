// Sessions that we begin at another agent: its stream as our camera (WHEP), our stream published there (WHIP).
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Whip;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Tests.Whip;

public sealed class OutgoingTests : IAsyncLifetime
{
    private RunningAgent _far = null!;
    private string _key = "";

    public async ValueTask InitializeAsync()
    {
        _far = await RunningAgent.StartAsync($"{RunningAgent.Simulator}, \"desk\": {{ \"source\": \"publisher\" }}");
        _key = _far.Keys.Create("near", ApiKeyRole.Admin);
    }

    public ValueTask DisposeAsync() => _far.DisposeAsync();

    private Task<RunningAgent> NearAsync(string address, string user = "") =>
        RunningAgent.StartAsync(
            $$"""{{RunningAgent.Simulator}}, "far": { "url": "{{address}}"{{user}}, "password": "{{_key}}", "onDemand": false }"""
        );

    private string Whep(string path) => $"whep://{_far.Http.BaseAddress!.Authority}/{path}/whep";

    private SdpTarget Whip(string path, string? key) => SdpTarget.Of($"http://{_far.Http.BaseAddress!.Authority}/{path}/whip", null, key);

    private static Task PlaysAsync(StampReader reader, int frames) =>
        Eventually.HoldsAsync(() => reader.Frames >= frames, $"{frames} frames come");

    [Theory]
    [InlineData("")] // a bearer token
    [InlineData(", \"user\": \"any\"")]
    public async Task A_stream_of_another_server_is_a_camera_here_frame_by_frame(string user)
    {
        await using (var near = await NearAsync(Whep("sim"), user))
        {
            var stream = near.Cameras.Find("far")!.Stream;
            var reader = new StampReader();
            using var reading = stream.AddReader(reader);
            await PlaysAsync(reader, 60);
            Assert.Equal("", reader.Faults);
            Assert.Equal(StreamState.Ready, stream.State);

            // The other side ends it: it is begun again.
            var session = Assert.Single(_far.Cameras.Find("sim")!.Readers.All);
            session.Kick();
            await Eventually.HoldsAsync(
                () => _far.Cameras.Find("sim")!.Readers.All.Any(other => other.Id != session.Id),
                "another session is begun"
            );
            await PlaysAsync(reader, 30);
            Assert.Equal("", reader.Faults);
        }
        await Eventually.HoldsAsync(() => _far.Cameras.Find("sim")!.Readers.All.Count == 0, "the other server has been told of the end");
    }

    [Fact]
    public async Task Refusals_are_told_without_the_password()
    {
        var good = _key;
        _key = KeyStore.Prefix + "wrong";
        await using var near = await NearAsync(Whep("sim"));
        var stream = near.Cameras.Find("far")!.Stream;
        await Eventually.HoldsAsync(
            () => stream.Message?.Contains("does not accept", StringComparison.Ordinal) == true,
            () => $"the camera says what is wrong; it says: {stream.Message}"
        );
        Assert.DoesNotContain(_key, stream.Message!, StringComparison.Ordinal);
        var engine = near.Service<WebRtcEngine>();
        var sim = near.Cameras.Find("sim")!.Stream;
        (SdpTarget Target, SourceFailure Failure)[] bad =
        [
            (Whip("desk", _key), SourceFailure.WrongPassword),
            (Whip("sim", good), SourceFailure.Protocol), // 409, it has a source of its own
            (SdpTarget.Of($"http://{_far.Http.BaseAddress!.Authority}/nothing", null, good), SourceFailure.NotFound),
            (SdpTarget.Of("http://nowhere.invalid/a/whip", null, good), SourceFailure.NoSuchHost),
        ];
        foreach (var (target, failure) in bad)
        {
            var refused = await Assert.ThrowsAsync<SourceException>(() =>
                new WhipPush(engine, target).RunAsync(sim, TestContext.Current.CancellationToken)
            );
            Assert.Equal((target.Where, failure), (target.Where, refused.Failure));
            Assert.DoesNotContain(good, refused.Message, StringComparison.Ordinal);
        }
        await near.Cameras.DisposeAsync();
        await Eventually.HoldsAsync(() => engine.Viewers == 0, "the sessions are forgotten");
    }

    [Fact]
    public async Task A_stream_is_published_to_another_server_frame_by_frame()
    {
        await using var near = await RunningAgent.StartAsync();
        var push = new WhipPush(near.Service<WebRtcEngine>(), Whip("desk", _key));
        using var stop = new CancellationTokenSource();
        var run = push.RunAsync(near.Cameras.Find("sim")!.Stream, stop.Token);
        var reader = new StampReader();
        using var reading = _far.Cameras.Find("desk")!.Stream.AddReader(reader);
        await PlaysAsync(reader, 60);
        Assert.Equal("", reader.Faults);
        await Eventually.HoldsAsync(() => push is { IsConnected: true, Bytes: > 10_000 }, "the figures tell");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await Eventually.HoldsAsync(() => _far.Cameras.Find("desk")!.Slot!.Current is null, "the publication is over");
        await Eventually.HoldsAsync(() => near.Service<WebRtcEngine>().Viewers == 0, "the session is forgotten");
    }

    [Fact]
    public async Task Being_ended_by_the_other_server_is_told()
    {
        await using var near = await RunningAgent.StartAsync();
        var push = new WhipPush(near.Service<WebRtcEngine>(), Whip("other/path", _key));
        var run = push.RunAsync(near.Cameras.Find("sim")!.Stream, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => push.IsConnected, "it publishes");
        Assert.True(_far.Service<PathRegistry>().KickPublisher("other/path"));
        var failure = await Assert.ThrowsAsync<SourceException>(() => run);
        Assert.Equal(SourceFailure.Stalled, failure.Failure);
    }

    [Theory]
    [InlineData("whip://host/a/whip", "http://host/a/whip", null, null)]
    [InlineData("WHEPS://host:444/a/whep?x=1", "https://host:444/a/whep?x=1", null, null)]
    [InlineData("https://me:s%40crit@host/whip", "https://host/whip", "me", "s@crit")]
    [InlineData("https://:token@host/whip", "https://host/whip", null, "token")]
    public void Addresses_are_read(string url, string address, string? user, string? password)
    {
        var target = SdpTarget.Of(url, null, null);
        Assert.Equal((address, user, password), (target.Address.ToString(), target.User, target.Password));
        Assert.DoesNotContain("token", target.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("?", target.ToString(), StringComparison.Ordinal);
        Assert.Throws<UriFormatException>(() => SdpTarget.Of("ftp://host/a", null, null));
    }
}
