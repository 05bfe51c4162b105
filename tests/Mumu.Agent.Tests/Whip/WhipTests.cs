// WHIP over HTTP with the real engine: sessions, who may have them, and how they end.
using System.Net;
using System.Text;
using System.Text.Json;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Whip;

public sealed class WhipTests : IAsyncLifetime
{
    private const string Fragment = "application/trickle-ice-sdpfrag";
    private RunningAgent _agent = null!;

    private PathRegistry Paths => _agent.Service<PathRegistry>();

    public async ValueTask InitializeAsync()
    {
        _agent = await RunningAgent.StartAsync($"{RunningAgent.Simulator}, \"desk\": {{ \"source\": \"publisher\" }}");
        _agent.As(ApiKeyRole.Publisher);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    // A viewer's offer turned around: it connects, and is asked for nothing more here.
    private static string OfferOf(TestViewer publisher) => publisher.Offer.Replace("a=recvonly", "a=sendonly", StringComparison.Ordinal);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/sdp")
    {
        var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, type);
        return _agent.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<(TestViewer Publisher, string Location)> PublishAsync(string path)
    {
        var publisher = new TestViewer();
        using var response = await SendAsync(HttpMethod.Post, $"/{path}/whip", OfferOf(publisher));
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Created, answer);
        Assert.Equal("application/sdp", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Fragment, response.Headers.GetValues("Accept-Patch").Single());
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.NotNull(response.Headers.ETag);
        Assert.Contains("a=recvonly", answer, StringComparison.Ordinal);
        publisher.Accept(answer);
        await Eventually.HoldsAsync(() => publisher.IsConnected, "the publisher is connected");
        return (publisher, response.Headers.Location!.OriginalString);
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string? body = null, string type = "application/sdp")
    {
        using var response = await SendAsync(method, path, body, type);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            Assert.NotEmpty(JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString()!);
        }
        return response.StatusCode;
    }

    [Fact]
    public async Task A_publisher_has_the_path_until_it_says_that_it_leaves()
    {
        var (publisher, location) = await PublishAsync("obs/live");
        await using var _ = publisher;
        Assert.Matches("^/obs/live/whip/[0-9a-f]{32}$", location);
        var publication = Paths.Find("obs/live")!.Publication!;
        Assert.Equal("webrtc", publication.Publisher.Protocol);
        Assert.NotNull(publication.Publisher.RequestKeyFrame);
        Assert.Equal(
            HttpStatusCode.NotFound,
            await StatusAsync(HttpMethod.Delete, location.Replace("/live/", "/other/", StringComparison.Ordinal))
        );

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Delete, location));
        Assert.Equal("The publisher has left.", await publication.Ended.Within("end of the publication"));
        await Eventually.HoldsAsync(() => publisher.HasEnded && _agent.Whep.Count == 0, "the session is over");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Delete, location));
    }

    [Fact]
    public async Task The_next_publisher_takes_the_path_over_but_not_with_an_offer_that_is_no_good()
    {
        var (first, location) = await PublishAsync("desk");
        await using var _ = first;
        await using var viewer = new TestViewer();
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(HttpMethod.Post, "/desk/whip", "nonsense"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(HttpMethod.Post, "/desk/whip", viewer.Offer)); // sends nothing
        Assert.True(first.IsConnected && !first.HasEnded);

        var (second, _) = await PublishAsync("desk");
        await using var __ = second;
        await Eventually.HoldsAsync(() => first.HasEnded, "the first publisher is ended");
        await Eventually.HoldsAsync(() => _agent.Whep.Count == 1, "one session is left");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Delete, location));
        Assert.NotNull(Paths.Find("desk")!.Publication);
        Assert.False(second.HasEnded);
    }

    [Fact]
    public async Task A_publisher_that_is_kicked_or_whose_path_goes_is_ended()
    {
        var (first, _) = await PublishAsync("desk");
        await using var one = first;
        Assert.True(Paths.KickPublisher("desk"));
        await Eventually.HoldsAsync(() => first.HasEnded && _agent.Whep.Count == 0, "the publisher is ended");

        var (second, _) = await PublishAsync("desk");
        await using var two = second;
        _agent.Data.WriteSettings(
            """{ "cameras": { }, "webrtc": { "bind": "127.0.0.1", "port": 0, "loops": 1 }, "rtsp": { "enabled": false }, "rtmp": { "enabled": false } }"""
        );
        await Eventually.HoldsAsync(() => second.HasEnded && _agent.Whep.Count == 0, "the publisher is ended with its path");
    }

    [Fact]
    public async Task Candidates_trickle_in_and_ice_restarts_by_patch()
    {
        var (publisher, location) = await PublishAsync("desk");
        await using var _ = publisher;
        string Of(string sdp, string name) => sdp.Split($"a={name}:")[1].Split('\r')[0];
        var ufrag = Of(publisher.Offer, "ice-ufrag");
        Assert.Equal(
            HttpStatusCode.NoContent,
            await StatusAsync(
                HttpMethod.Patch,
                location,
                $"a=ice-ufrag:{ufrag}\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n",
                Fragment
            )
        );
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            await StatusAsync(HttpMethod.Patch, location, "a=ice-ufrag:another\r\n", Fragment)
        );
        var offer = publisher.Restart();
        using var restarted = await SendAsync(
            HttpMethod.Patch,
            location,
            $"a=ice-ufrag:{Of(offer, "ice-ufrag")}\r\na=ice-pwd:{Of(offer, "ice-pwd")}\r\na=candidate:{Of(offer, "candidate")}\r\n",
            Fragment
        );
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);
        Assert.NotNull(restarted.Headers.ETag);
        Assert.False(publisher.HasEnded);
    }

    [Fact]
    public async Task Only_a_key_that_may_publish_there_does()
    {
        await using var publisher = new TestViewer();
        var offer = OfferOf(publisher);
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(HttpMethod.Post, "/sim/whip", offer)); // has a source of its own
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Post, "/desk/whip/0123", offer));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await StatusAsync(HttpMethod.Post, "/desk/whip", "{}", "application/json"));
        _agent.As(ApiKeyRole.Reader);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, "/desk/whip", offer));
        var narrow = _agent.Keys.Create("narrow", ApiKeyRole.Publisher, ["de*"]);
        _agent.Http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{narrow}")));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, "/other/whip", offer));
        Assert.Equal(HttpStatusCode.Created, await StatusAsync(HttpMethod.Post, "/desk/whip", offer));
        _agent.Http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Post, "/desk/whip", offer));
    }

    [Fact]
    public async Task A_reader_s_session_is_not_found_among_the_publishers_ones()
    {
        _agent.As(ApiKeyRole.Admin);
        await using var viewer = new TestViewer();
        using var answer = await SendAsync(HttpMethod.Post, "/sim/whep", viewer.Offer);
        var location = answer.Headers.Location!.OriginalString;
        Assert.Equal(
            HttpStatusCode.NotFound,
            await StatusAsync(HttpMethod.Delete, location.Replace("/whep/", "/whip/", StringComparison.Ordinal))
        );
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Delete, location));
    }

    [Fact]
    public async Task A_browser_may_ask_first()
    {
        _agent.Http.DefaultRequestHeaders.Authorization = null;
        using var response = await SendAsync(HttpMethod.Options, "/desk/whip");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("application/sdp", response.Headers.GetValues("Accept-Post").Single());
        Assert.Equal("OPTIONS, POST, PATCH, DELETE", response.Headers.GetValues("Access-Control-Allow-Methods").Single());
    }
}
