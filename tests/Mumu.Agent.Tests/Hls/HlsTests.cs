// HLS over HTTP: who gets in, what the playlists say over time, what happens when readers and sources come and go.
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Media.Publishing;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Agent.Tests.Hls;

public sealed class HlsTests : IAsyncLifetime
{
    private HlsAgent _agent = null!;

    public async ValueTask InitializeAsync() =>
        _agent = await HlsAgent.StartAsync(
            $"{HlsAgent.Simulator}, \"dark\": {{ \"url\": \"rtsp://127.0.0.1:1/x\" }}",
            hls: "\"idleSeconds\": 5"
        );

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private async Task<HttpStatusCode> StatusAsync(string address, string? scheme = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = scheme is null ? null : new(scheme, key);
        using var response = await _agent.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        return response.StatusCode;
    }

    [Fact]
    public async Task Only_a_key_for_the_path_gets_in()
    {
        var reader = _agent.Keys.Create("reader", ApiKeyRole.Reader);
        var elsewhere = _agent.Keys.Create("elsewhere", ApiKeyRole.Reader, ["garden/*"]);
        var publisher = _agent.Keys.Create("publisher", ApiKeyRole.Publisher);
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{reader}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/sim/index.m3u8"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/sim/index.m3u8", "Bearer", "wrong"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/sim/index.m3u8", "Bearer", elsewhere));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/sim/index.m3u8", "Bearer", publisher));
        Assert.Empty(_agent.Sessions.Muxers);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/nobody/index.m3u8", "Bearer", reader));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/dark/index.m3u8", "Bearer", reader));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/sim/index.m3u8", "Bearer", reader));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/sim/index.m3u8", "Basic", basic));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/sim/index.m3u8?user=any&pass={reader}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/sim/session={new string('0', 32)}/video.m3u8", "Bearer", reader));
    }

    [Theory]
    [InlineData("/../dark/index.m3u8")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd/index.m3u8")]
    [InlineData("/sim/..%2findex.m3u8")]
    [InlineData("/sim%00/index.m3u8")]
    [InlineData("/sim%2500/index.m3u8")]
    [InlineData("/%252e%252e/index.m3u8")]
    [InlineData("/sim%252findex.m3u8")]
    [InlineData("/sim//index.m3u8")]
    [InlineData("/sim/session=/video.m3u8")]
    [InlineData("/sim/session=../video.m3u8")]
    [InlineData("/sim/session=x/../../index.m3u8")]
    [InlineData("/sim/session=x/video_init0.mp4%00")]
    [InlineData("/index.m3u8")]
    [InlineData("/%c0%af/index.m3u8")]
    [InlineData("/sim\\index.m3u8")]
    public async Task Names_that_mean_something_else_are_refused(string path)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _agent.Address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        var request = $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {_agent.Key}\r\n\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        var answer = await new StreamReader(stream, Encoding.Latin1).ReadToEndAsync(TestContext.Current.CancellationToken);
        // “..” within the address is resolved by the server before it counts as a name, as RFC 3986 has it.
        Assert.Matches(path is "/../dark/index.m3u8" ? "^HTTP/1.1 503 " : "^HTTP/1.1 40[04] ", answer);
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_part_follows_the_rules_and_no_picture_is_lost()
    {
        var (folder, text) = await LowLatencyClient.OpenAsync(_agent.Http, $"/sim/index.m3u8?user=any&pass={_agent.Key}");
        Assert.Contains("CODECS=\"avc1.42c", text, StringComparison.Ordinal);
        var client = new LowLatencyClient(_agent.Http, folder, "video");
        await client.ReadAsync(210);
        Assert.True(client.Hints > 5, $"{client.Hints} hinted parts");
        client.AssertLedger(0, client.Samples.Count);
        Assert.Equal(0, client.Discontinuities);
        var times = client.Samples.Select(s => s.Time).ToList();
        Assert.Equal(times.Order().Distinct(), times);
    }

    [Fact]
    public async Task Files_are_as_their_headers_say()
    {
        var (folder, _) = await LowLatencyClient.OpenAsync(_agent.Http, $"/sim/index.m3u8?user=any&pass={_agent.Key}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{folder}video.m3u8");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var list = await _agent.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("gzip", list.Content.Headers.ContentEncoding.Single());
        Assert.Equal("application/vnd.apple.mpegurl", list.Content.Headers.ContentType!.MediaType);
        Assert.True(list.Headers.CacheControl!.NoCache);
        await using var gzip = new GZipStream(
            await list.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken),
            CompressionMode.Decompress
        );
        var text = await new StreamReader(gzip).ReadToEndAsync(TestContext.Current.CancellationToken);
        var number = long.Parse(text.Split("MEDIA-SEQUENCE:")[1].Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
        using var head = new HttpRequestMessage(HttpMethod.Head, $"{folder}video_{number}.0.m4s");
        using var empty = await _agent.Http.SendAsync(head, TestContext.Current.CancellationToken);
        using var part = await _agent.Http.GetAsync($"{folder}video_{number}.0.m4s", TestContext.Current.CancellationToken);
        Assert.Equal(
            empty.Content.Headers.ContentLength,
            (await part.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length
        );
        Assert.Equal("video/mp4", part.Content.Headers.ContentType!.MediaType);
        Assert.True(part.Headers.CacheControl!.Private && part.Headers.CacheControl.MaxAge > TimeSpan.FromMinutes(1));
        foreach (
            var (bad, status) in new[]
            {
                ("video.m3u8?_HLS_msn=999", HttpStatusCode.BadRequest),
                ("video.m3u8?_HLS_part=1", HttpStatusCode.BadRequest),
                ("video.m3u8?_HLS_msn=-1", HttpStatusCode.BadRequest),
                ("video.m3u8?_HLS_msn=x", HttpStatusCode.BadRequest),
                ("video.m3u8?_HLS_msn=0&_HLS_part=99999999", HttpStatusCode.BadRequest),
                ("audio.m3u8", HttpStatusCode.NotFound),
                ("video_999.m4s", HttpStatusCode.NotFound),
                ("video_init9.mp4", HttpStatusCode.NotFound),
                ("video_0.2147483648.m4s", HttpStatusCode.NotFound),
            }
        )
        {
            using var answer = await _agent.Http.GetAsync(folder + bad, TestContext.Current.CancellationToken);
            Assert.Equal((bad, status), (bad, answer.StatusCode));
        }
        using var post = await _agent.Http.PostAsync($"{folder}video.m3u8", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task What_HLS_cannot_carry_is_said()
    {
        Assert.True(PathName.TryParse("phone", out var name));
        var paths = _agent.Service<PathRegistry>();
        var publication = await paths.PublishAsync(name, new Publisher("test", "x", "test"), TestContext.Current.CancellationToken);
        publication.Announce([new TrackFormat(MediaKind.Video, Codec.Vp8, 90_000, 0, default)]);
        var unit = Unit.Copy([1, 2, 3]);
        unit.IsKeyFrame = true;
        publication.Publish(unit);
        using var answer = await _agent.Http.GetAsync($"/phone/index.m3u8?pass={_agent.Key}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
        Assert.Contains("VP8", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        publication.End("done");
    }
}
