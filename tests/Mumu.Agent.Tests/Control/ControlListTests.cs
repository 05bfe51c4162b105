// The lists of the control API: paths, sessions, connections, pages, and the document that describes them.
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Publishing;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Tests.Shared;

namespace Mumu.Agent.Tests.Control;

public sealed class ControlListTests : IAsyncLifetime
{
    private readonly int _rtsp = FreePort.Take();
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await RunningAgent.StartAsync(rtspPort: _rtsp);
        _agent.As(ApiKeyRole.Admin);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private async Task<JsonNode> GetAsync(string path, int status = 200)
    {
        using var response = await _agent.Http.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((path, status), (path, (int)response.StatusCode));
        return JsonNode.Parse(text)!;
    }

    private async Task<int> PostAsync(string path)
    {
        using var response = await _agent.Http.PostAsync(path, null, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    [Fact]
    public async Task An_rtsp_reader_is_in_every_list_until_it_is_kicked()
    {
        var key = _agent.Keys.Create("tv", ApiKeyRole.Reader);
        var options = new RtspOptions { Uri = new Uri($"rtsp://any:{key}@127.0.0.1:{_rtsp}/sim"), Transport = RtspTransportMode.Tcp };
        var sink = new CountingSink();
        var run = new RtspSource(options, TimeProvider.System).RunAsync(sink, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => sink.Count > 10, "pictures come");

        var session = (await GetAsync("/v3/rtspsessions/list"))["items"]!.AsArray().Single()!;
        var id = (string)session["id"]!;
        Assert.Equal(
            ("read", "sim", "tv", "TCP"),
            ((string?)session["state"], (string?)session["path"], (string?)session["user"], (string?)session["transport"])
        );
        Assert.True((long)session["outboundBytes"]! > 0 && (long)session["bytesSent"]! > 0, session.ToJsonString());
        Assert.Equal(id, (string?)(await GetAsync($"/v3/rtspsessions/get/{id}"))["id"]);

        var connection = (await GetAsync("/v3/rtspconns/list"))["items"]!.AsArray().Single()!;
        Assert.Equal((id, (string?)session["remoteAddr"]), ((string?)connection["session"], (string?)connection["remoteAddr"]));
        Assert.True((long)connection["bytesReceived"]! > 0, connection.ToJsonString());
        await GetAsync($"/v3/rtspconns/get/{connection["id"]}");

        var path = await GetAsync("/v3/paths/get/sim");
        Assert.Equal(
            (true, "simulatorSource", "H264"),
            ((bool)path["ready"]!, (string?)path["source"]!["type"], (string?)path["tracks"]![0])
        );
        Assert.Equal((id, "rtspSession"), ((string?)path["readers"]![0]!["id"], (string?)path["readers"]![0]!["type"]));
        Assert.True((long)path["bytesReceived"]! > 0 && path["readyTime"] is not null, path.ToJsonString());

        Assert.Equal(404, await PostAsync($"/v3/webrtcsessions/kick/{id}"));
        Assert.Equal(200, await PostAsync($"/v3/rtspsessions/kick/{id}"));
        await Assert.ThrowsAsync<SourceException>(() => run.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken));
        await Eventually.HoldsAsync(() => _agent.Cameras.Find("sim")!.Readers.All.Count == 0, "the reader has left");
        Assert.Equal(404, await PostAsync($"/v3/rtspsessions/kick/{id}"));
        Assert.True((long)(await GetAsync("/v3/paths/get/sim"))["bytesSent"]! > 0); // what was sent to it still counts
    }

    [Fact]
    public async Task Publishers_and_readers_of_all_protocols_come_from_one_model()
    {
        var paths = _agent.Paths;
        Assert.True(PathName.TryParse("obs/live", out var name));
        var publication = await paths.PublishAsync(
            name,
            new Publisher("rtmp", "127.0.0.1:5", "studio"),
            TestContext.Current.CancellationToken
        );
        publication.Announce([
            new TrackFormat(MediaKind.Video, Codec.H264, 90000, 0, ReadOnlyMemory<byte>.Empty),
            new TrackFormat(MediaKind.Audio, Codec.Pcma, 8000, 1, ReadOnlyMemory<byte>.Empty),
        ]);
        var kicked = 0;
        var seen = DateTimeOffset.UtcNow;
        foreach (var protocol in new[] { "webrtc", "rtsps", "rtmps", "hls", "hls" })
        {
            _agent
                .Cameras.Find("obs/live")!
                .Readers.Add(new PathReader(protocol, "127.0.0.1:6", "tv", seen, () => 500, () => kicked++) { LastRequest = () => seen });
        }
        foreach (var list in new[] { "rtmpconns", "rtmpsconns", "webrtcsessions", "rtspssessions", "hlssessions" })
        {
            var items = (await GetAsync($"/v3/{list}/list"))["items"]!.AsArray();
            Assert.Equal((list, list == "hlssessions" ? 2 : 1), (list, items.Count));
            Assert.Equal("obs/live", (string?)items[0]!["path"]);
        }
        var muxer = await GetAsync("/v3/hlsmuxers/get/obs/live");
        Assert.Equal((1000, "obs/live"), ((long)muxer["bytesSent"]!, (string?)muxer["path"]));
        var path = await GetAsync("/v3/paths/get/obs/live");
        Assert.Equal(("rtmpConn", publication.Id.ToString()), ((string?)path["source"]!["type"], (string?)path["source"]!["id"]));
        Assert.Equal((2500, "all_others", "G711"), ((long)path["bytesSent"]!, (string?)path["confName"], (string?)path["tracks"]![1]));
        Assert.Equal(200, await PostAsync($"/v3/rtmpconns/kick/{publication.Id}"));
        Assert.Contains("administrator", await publication.Ended, StringComparison.Ordinal);
        var webrtc = (await GetAsync("/v3/webrtcsessions/list"))["items"]![0]!;
        Assert.Equal((200, 1), (await PostAsync($"/v3/webrtcsessions/kick/{webrtc["id"]}"), kicked));
    }

    [Theory]
    [InlineData("rtsp://192.0.2.1/a", "rtspSource")]
    [InlineData("rtmp://192.0.2.1/a/b", "rtmpSource")]
    [InlineData("http://192.0.2.1/video", "httpSource")]
    [InlineData("wheps://192.0.2.1/a/whep", "webRTCSource")]
    public async Task A_path_tells_by_what_its_source_is_taken(string source, string type)
    {
        using var content = new StringContent($$"""{"source":"{{source}}"}""");
        using var added = await _agent.Http.PostAsync("/v3/config/paths/add/far", content, TestContext.Current.CancellationToken);
        Assert.True(added.IsSuccessStatusCode, await added.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(type, (string?)(await GetAsync("/v3/paths/get/far"))["source"]!["type"]);
    }

    [Fact]
    public async Task Lists_have_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            using var content = new StringContent("""{"source":"publisher"}""");
            using var added = await _agent.Http.PostAsync($"/v3/config/paths/add/p{i}", content, TestContext.Current.CancellationToken);
            Assert.True(added.IsSuccessStatusCode);
        }
        foreach (var list in new[] { "/v3/config/paths/list", "/v3/paths/list" })
        {
            var page = await GetAsync($"{list}?itemsPerPage=4&page=1");
            Assert.Equal((6, 2), ((int)page["itemCount"]!, (int)page["pageCount"]!));
            Assert.Equal(["p4", "sim"], page["items"]!.AsArray().Select(i => (string?)i!["name"]));
            Assert.Empty((await GetAsync($"{list}?itemsPerPage=4&page=2147483647"))["items"]!.AsArray());
            Assert.Equal(6, (await GetAsync(list))["items"]!.AsArray().Count);
            Assert.Equal("error", (string?)(await GetAsync($"{list}?itemsPerPage=0", 400))["status"]);
            await GetAsync($"{list}?page=-1", 400);
        }
        var recordings = await GetAsync("/v3/recordings/list");
        Assert.Equal("{\"itemCount\":0,\"pageCount\":0,\"items\":[]}", recordings.ToJsonString());
        await GetAsync("/v3/recordings/get/sim", 404);
    }

    [Fact]
    public async Task The_document_describes_every_route_and_no_other()
    {
        var document = await GetAsync("/openapi/v3.json");
        var described = document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"))
            .Order(StringComparer.Ordinal);
        var routes = _agent
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/v3/", StringComparison.Ordinal))
            .SelectMany(e =>
                e.Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText!.Replace("**", "", StringComparison.Ordinal)}")
            )
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.True(routes.Length > 30, string.Join('\n', routes));
        Assert.Equal(routes, described);
        var schemas = document["components"]!["schemas"]!.AsObject();
        Assert.Contains("inboundRTPPacketsLost", schemas["RtspSession"]!["properties"]!.AsObject().Select(p => p.Key));
        Assert.Contains("sourceOnDemand", schemas["PathConf"]!["properties"]!.AsObject().Select(p => p.Key));
        foreach (var operation in document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()))
        {
            Assert.NotNull(operation.Value!["responses"]!["200"]!["content"]!["application/json"]!["schema"]);
        }
    }

    private sealed class CountingSink : IUnitSink
    {
        public int Count;

        public void Announce(IReadOnlyList<TrackFormat> tracks) { }

        public void Publish(Unit unit)
        {
            Interlocked.Increment(ref Count);
            unit.Release();
        }
    }
}
