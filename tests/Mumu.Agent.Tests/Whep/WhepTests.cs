// WHEP over HTTP with the real engine and a real viewer on loopback.
using System.Net;
using System.Text;
using System.Text.Json;
using Mumu.Agent.Keys;
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Whep;

namespace Mumu.Agent.Tests.Whep;

public sealed class WhepTests : IAsyncLifetime
{
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await RunningAgent.StartAsync($"{RunningAgent.Simulator}, \"dark\": {{ \"url\": \"rtsp://127.0.0.1:1/x\" }}");
        _agent.As(ApiKeyRole.Reader);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? body = null,
        string type = "application/sdp",
        string? ifMatch = null
    )
    {
        var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, type);
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }
        return _agent.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response) =>
        JsonDocument
            .Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .RootElement.GetProperty("detail")
            .GetString()!;

    private async Task<(TestViewer Viewer, HttpResponseMessage Answer)> BeginAsync()
    {
        var viewer = new TestViewer();
        var response = await SendAsync(HttpMethod.Post, "/sim/whep", viewer.Offer);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        viewer.Accept(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (viewer, response);
    }

    [Fact]
    public async Task An_offer_is_answered_and_pictures_come()
    {
        var (viewer, answer) = await BeginAsync();
        await using var _ = viewer;
        Assert.Equal("application/sdp", answer.Content.Headers.ContentType?.MediaType);
        Assert.Matches("^/sim/whep/[0-9a-f]{32}$", answer.Headers.Location!.OriginalString);
        Assert.NotNull(answer.Headers.ETag);
        Assert.Equal("application/trickle-ice-sdpfrag", answer.Headers.GetValues("Accept-Patch").Single());
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains(
            "a=candidate:",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        await viewer.PlaysAsync();

        var location = answer.Headers.Location!.OriginalString;
        using var ended = await SendAsync(HttpMethod.Delete, location);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        await Eventually.HoldsAsync(() => viewer.HasEnded && _agent.Whep.Count == 0, "the session is over");
        using var again = await SendAsync(HttpMethod.Delete, location);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Candidates_trickle_in_by_patch()
    {
        const string type = "application/trickle-ice-sdpfrag";
        var (viewer, answer) = await BeginAsync();
        await using var _ = viewer;
        var location = answer.Headers.Location!.OriginalString;
        var etag = answer.Headers.ETag!.Tag;
        var ufrag = viewer.Offer.Split("a=ice-ufrag:")[1].Split('\r')[0];
        var fragment =
            $"a=ice-ufrag:{ufrag}\r\na=ice-pwd:x\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n";
        foreach (var match in new[] { etag, "*", null })
        {
            using var good = await SendAsync(HttpMethod.Patch, location, fragment, type, match);
            Assert.Equal(HttpStatusCode.NoContent, good.StatusCode);
        }
        (HttpStatusCode Status, string Body, string Type, string? Match)[] bad =
        [
            (HttpStatusCode.PreconditionFailed, fragment, type, "\"other\""),
            (HttpStatusCode.UnsupportedMediaType, fragment, "application/sdp", etag),
            (HttpStatusCode.UnprocessableEntity, "a=ice-ufrag:another\r\n", type, "*"),
            (HttpStatusCode.BadRequest, "a=candidate:junk\r\n", type, etag),
            (HttpStatusCode.BadRequest, string.Concat(Enumerable.Repeat("a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n", 65)), type, etag),
        ];
        foreach (var (status, body, contentType, match) in bad)
        {
            using var response = await SendAsync(HttpMethod.Patch, location, body, contentType, match);
            Assert.Equal(status, response.StatusCode);
            Assert.NotEmpty(await DetailAsync(response));
        }
        await viewer.PlaysAsync();
    }

    [Fact]
    public async Task A_restart_by_patch_gives_a_new_generation_while_pictures_go_on()
    {
        const string type = "application/trickle-ice-sdpfrag";
        var (viewer, answer) = await BeginAsync();
        await using var _ = viewer;
        await viewer.PlaysAsync();
        var location = answer.Headers.Location!.OriginalString;
        var first = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var offer = viewer.Restart();
        string Of(string sdp, string name) => sdp.Split($"a={name}:")[1].Split('\r')[0];
        var fragment =
            $"a=ice-ufrag:{Of(offer, "ice-ufrag")}\r\na=ice-pwd:{Of(offer, "ice-pwd")}\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\n"
            + $"a=candidate:{Of(offer, "candidate")}\r\na=end-of-candidates\r\n";
        using var restarted = await SendAsync(HttpMethod.Patch, location, fragment, type, "*");
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);
        Assert.Equal(type, restarted.Content.Headers.ContentType!.MediaType);
        Assert.NotEqual(answer.Headers.ETag, restarted.Headers.ETag);
        var body = await restarted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("a=mid:0\r\na=candidate:", body, StringComparison.Ordinal);
        viewer.AcceptRestart(
            first
                .Replace(Of(first, "ice-ufrag"), Of(body, "ice-ufrag"), StringComparison.Ordinal)
                .Replace(Of(first, "ice-pwd"), Of(body, "ice-pwd"), StringComparison.Ordinal)
        );
        await viewer.PlaysAsync();
        // What belongs to the generation before is refused, what belongs to this one is taken.
        using var stale = await SendAsync(HttpMethod.Patch, location, fragment, type, answer.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        using var fresh = await SendAsync(HttpMethod.Patch, location, fragment, type, restarted.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.NoContent, fresh.StatusCode);
        using var junk = await SendAsync(HttpMethod.Patch, location, "a=ice-ufrag:x\r\na=ice-pwd:y\r\n", type, "*");
        Assert.Equal(HttpStatusCode.BadRequest, junk.StatusCode);
        await viewer.PlaysAsync();
        Assert.Equal(1, _agent.Whep.Count);
    }

    [Fact]
    public async Task A_session_belongs_to_its_key_and_its_camera()
    {
        var (viewer, answer) = await BeginAsync();
        await using var _ = viewer;
        var location = answer.Headers.Location!.OriginalString;
        using var elsewhere = await SendAsync(HttpMethod.Delete, location.Replace("/sim/", "/dark/", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        _agent.As(ApiKeyRole.Reader);
        using var other = await SendAsync(HttpMethod.Delete, location);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        await viewer.PlaysAsync();
    }

    [Fact]
    public async Task Without_a_key_nobody_watches()
    {
        _agent.Http.DefaultRequestHeaders.Authorization = null;
        foreach (var path in new[] { "/sim/whep", "/nothing/whep" })
        {
            using var response = await SendAsync(HttpMethod.Post, path, "v=0");
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.Contains("mumu key create", await DetailAsync(response), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_key_may_be_a_password_or_stand_in_the_address()
    {
        var key = _agent.Keys.Create("player", ApiKeyRole.Reader, ["si*"]);
        _agent.Http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{key}")));
        var (first, _) = await BeginAsync();
        await using var one = first;
        Assert.Equal("webrtc", _agent.Cameras.Find("sim")!.Readers.All.Single().Protocol);
        using var other = await SendAsync(HttpMethod.Post, "/dark/whep", first.Offer);
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);

        _agent.Http.DefaultRequestHeaders.Authorization = null;
        await using var second = new TestViewer();
        using var answer = await SendAsync(HttpMethod.Post, $"/sim/whep?user=any&pass={key}", second.Offer);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var location = answer.Headers.Location!.OriginalString;
        Assert.DoesNotContain(key, location, StringComparison.Ordinal);
        using var ended = await SendAsync(HttpMethod.Delete, location);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        await Eventually.HoldsAsync(() => _agent.Cameras.Find("sim")!.Readers.All.Count == 1, "the second reader has left");
    }

    [Fact]
    public async Task A_publisher_may_not_watch_and_wrong_keys_lock_their_address_for_wrong_keys_only()
    {
        _agent.As(ApiKeyRole.Publisher);
        using var publisher = await SendAsync(HttpMethod.Post, "/sim/whep", "v=0");
        Assert.Equal(HttpStatusCode.Forbidden, publisher.StatusCode);
        var good = _agent.Keys.Create("good", ApiKeyRole.Reader);
        _agent.Http.DefaultRequestHeaders.Authorization = new("Bearer", KeyStore.Prefix + "wrong");
        var tries = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => SendAsync(HttpMethod.Post, "/sim/whep", "v=0")));
        Assert.Contains(tries, t => t.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.All(tries, t => Assert.True(t.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized));
        _agent.Http.DefaultRequestHeaders.Authorization = new("Bearer", good);
        var (viewer, _) = await BeginAsync();
        await viewer.DisposeAsync();
    }

    [Theory]
    [InlineData("/a/b/../whep")]
    [InlineData("/a%2fb/whep")]
    [InlineData("/%252e%252e/whep")]
    [InlineData("/a%00/whep")]
    [InlineData("/whep")]
    [InlineData("/sim/whep/a/b")]
    [InlineData("/nothing")]
    public async Task Addresses_that_name_no_path_are_not_found(string address)
    {
        using var response = await SendAsync(HttpMethod.Post, address, "v=0");
        Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, response.StatusCode.ToString());
    }

    [Fact]
    public async Task A_browser_may_ask_first()
    {
        _agent.Http.DefaultRequestHeaders.Authorization = null;
        foreach (var path in new[] { "/sim/whep", "/sim/whep/0123" })
        {
            using var response = await SendAsync(HttpMethod.Options, path);
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
            Assert.Equal("OPTIONS, POST, PATCH, DELETE", response.Headers.GetValues("Access-Control-Allow-Methods").Single());
            Assert.Contains("Authorization", response.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_can_not_be_played_is_refused_in_words()
    {
        await using var viewer = new TestViewer();
        (HttpStatusCode Status, string Path, string Body, string Type)[] bad =
        [
            (HttpStatusCode.NotFound, "/garage/whep", viewer.Offer, "application/sdp"),
            (HttpStatusCode.UnsupportedMediaType, "/sim/whep", "{}", "application/json"),
            (HttpStatusCode.BadRequest, "/sim/whep", "nonsense", "application/sdp"),
            (HttpStatusCode.RequestEntityTooLarge, "/sim/whep", new string('x', 70_000), "application/sdp"),
            (HttpStatusCode.ServiceUnavailable, "/dark/whep", viewer.Offer, "application/sdp"),
        ];
        foreach (var (status, path, body, type) in bad)
        {
            using var response = await SendAsync(HttpMethod.Post, path, body, type);
            Assert.Equal(status, response.StatusCode);
            Assert.NotEmpty(await DetailAsync(response));
        }
    }

    [Fact]
    public async Task There_is_a_limit_to_viewers()
    {
        var viewers = new List<TestViewer>();
        for (var i = 0; i < 3; i++)
        {
            viewers.Add((await BeginAsync()).Viewer);
        }
        await using var fourth = new TestViewer();
        using var response = await SendAsync(HttpMethod.Post, "/sim/whep", fourth.Offer);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        foreach (var viewer in viewers)
        {
            await viewer.DisposeAsync();
        }
    }

    [Fact]
    public void Late_candidates_join_the_first_section()
    {
        const string sdp = "v=0\r\nm=video 9 X\r\na=mid:0\r\na=sendonly\r\nm=audio 9 X\r\na=mid:1\r\n";
        Assert.Equal(
            "v=0\r\nm=video 9 X\r\na=mid:0\r\na=candidate:1\r\na=sendonly\r\nm=audio 9 X\r\na=mid:1\r\n",
            WhepSessions.WithCandidates(sdp, "a=candidate:1\r\n")
        );
        Assert.Equal("nothing", WhepSessions.WithCandidates("nothing", "a=candidate:1\r\n"));
    }
}
