// What clients of MediaMTX read: the fields of its public OpenAPI document and the metrics of its dashboards, asked for as such a client does.
using System.Text;
using System.Text.Json.Nodes;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Tests.Metrics;
using Mumu.Media.Publishing;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Units;
using Mumu.Tests.Shared;

namespace Mumu.Agent.Tests.Control;

public sealed class KnownClientTests : IAsyncLifetime
{
    private const string Path =
        "available availableTime bytesReceived bytesSent confName forwards inboundBytes inboundFramesInError name online onlineTime outboundBytes readers ready readyTime source tracks tracks2";
    private const string RtspConn = "bytesReceived bytesSent created id inboundBytes outboundBytes remoteAddr session tunnel";
    private const string RtspSession =
        "bytesReceived bytesSent conns created id inboundBytes inboundRTCPPackets inboundRTCPPacketsInError inboundRTPPackets inboundRTPPacketsInError inboundRTPPacketsJitter inboundRTPPacketsLost outboundBytes outboundRTCPPackets outboundRTPPackets outboundRTPPacketsDiscarded outboundRTPPacketsReportedLost path profile query remoteAddr rtcpPacketsInError rtcpPacketsReceived rtcpPacketsSent rtpPacketsInError rtpPacketsJitter rtpPacketsLost rtpPacketsReceived rtpPacketsSent state transport user userAgent";
    private const string WebRtcSession =
        "bytesReceived bytesSent created id inboundBytes inboundRTCPPackets inboundRTPPackets inboundRTPPacketsJitter inboundRTPPacketsLost localCandidate outboundBytes outboundFramesDiscarded outboundRTCPPackets outboundRTPPackets path peerConnectionEstablished query remoteAddr remoteCandidate rtcpPacketsReceived rtcpPacketsSent rtpPacketsJitter rtpPacketsLost rtpPacketsReceived rtpPacketsSent state user userAgent";
    private const string RtmpConn =
        "bytesReceived bytesSent created id inboundBytes outboundBytes outboundFramesDiscarded path query remoteAddr state user userAgent";
    private const string HlsMuxer = "bytesSent created lastRequest outboundBytes outboundFramesDiscarded path";
    private const string HlsSession = "created id isCDN outboundBytes path query remoteAddr user userAgent";

    private readonly int _rtsp = FreePort.Take();
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await RunningAgent.StartAsync(rtspPort: _rtsp);
        // As such clients do: user and password of Basic.
        var key = _agent.Keys.Create("panel", ApiKeyRole.Admin);
        _agent.Http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{key}")));
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private async Task<JsonNode> AskAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _agent.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task HasFieldsAsync(string list, string fields)
    {
        var page = await AskAsync(HttpMethod.Get, $"/v3/{list}/list?itemsPerPage=10&page=0");
        Assert.Equal(["itemCount", "items", "pageCount"], page.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.True((int)page["itemCount"]! > 0, $"{list} is empty.");
        foreach (var item in page["items"]!.AsArray())
        {
            Assert.Equal(
                $"{list}: {fields}",
                $"{list}: {string.Join(' ', item!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal))}"
            );
        }
        var one = page["items"]![0]!;
        await AskAsync(HttpMethod.Get, $"/v3/{list}/get/{one["id"] ?? one["path"] ?? one["name"]}");
    }

    [Fact]
    public async Task A_script_of_calls_and_a_scrape_find_every_field()
    {
        var ok = "{\"status\":\"ok\"}";
        Assert.Equal(
            ok,
            (await AskAsync(HttpMethod.Post, "/v3/config/paths/add/desk", """{"name":"desk","source":"publisher"}""")).ToJsonString()
        );
        Assert.Equal(
            ok,
            (
                await AskAsync(HttpMethod.Patch, "/v3/config/paths/patch/desk", """{"overridePublisher":true,"record":false}""")
            ).ToJsonString()
        );
        var conf = await AskAsync(HttpMethod.Get, "/v3/config/paths/get/desk");
        Assert.Equal(("desk", "publisher", false), ((string?)conf["name"], (string?)conf["source"], (bool)conf["record"]!));
        var global = await AskAsync(HttpMethod.Get, "/v3/config/global/get");
        Assert.Equal($":{_rtsp}", (string?)global["rtspAddress"]);

        var key = _agent.Keys.Create("tv", ApiKeyRole.Reader);
        var options = new RtspOptions { Uri = new Uri($"rtsp://any:{key}@127.0.0.1:{_rtsp}/sim"), Transport = RtspTransportMode.Tcp };
        using var stop = new CancellationTokenSource();
        var sink = new CountingSink();
        var run = new RtspSource(options, TimeProvider.System).RunAsync(sink, stop.Token);
        await Eventually.HoldsAsync(() => sink.Count > 10, "pictures come");
        Assert.True(PathName.TryParse("desk", out var name));
        await _agent.Paths.PublishAsync(name, new Publisher("rtmp", "127.0.0.1:5", "obs"), TestContext.Current.CancellationToken);
        foreach (var protocol in new[] { "webrtc", "hls" })
        {
            _agent
                .Cameras.Find("desk")!
                .Readers.Add(new PathReader(protocol, "127.0.0.1:6", "tv", DateTimeOffset.UtcNow, () => 1, () => { }));
        }

        await HasFieldsAsync("paths", Path);
        await HasFieldsAsync("rtspconns", RtspConn);
        await HasFieldsAsync("rtspsessions", RtspSession);
        await HasFieldsAsync("webrtcsessions", WebRtcSession);
        await HasFieldsAsync("rtmpconns", RtmpConn);
        await HasFieldsAsync("hlsmuxers", HlsMuxer);
        await HasFieldsAsync("hlssessions", HlsSession);
        Assert.Equal(0, (int)(await AskAsync(HttpMethod.Get, "/v3/recordings/list"))["itemCount"]!);

        using var scrape = await _agent.Http.GetAsync("/metrics", TestContext.Current.CancellationToken);
        var names = PrometheusText
            .Parse(await scrape.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Select(s => s.Name)
            .ToHashSet();
        foreach (
            var group in "paths rtsp_conns rtsp_sessions rtsps_conns rtsps_sessions rtmp_conns rtmps_conns webrtc_sessions hls_sessions".Split(
                ' '
            )
        )
        {
            Assert.Superset(
                new[]
                {
                    group,
                    $"{group}_bytes_received",
                    $"{group}_bytes_sent",
                    $"{group}_inbound_bytes",
                    $"{group}_outbound_bytes",
                }.ToHashSet(),
                names
            );
        }
        Assert.Superset(
            new[] { "paths_readers", "hls_muxers", "hls_muxers_bytes_sent", "paths_inbound_frames_in_error" }.ToHashSet(),
            names
        );

        var session = (await AskAsync(HttpMethod.Get, "/v3/rtspsessions/list"))["items"]![0]!["id"];
        Assert.Equal(ok, (await AskAsync(HttpMethod.Post, $"/v3/rtspsessions/kick/{session}")).ToJsonString());
        await Assert.ThrowsAsync<SourceException>(() => run.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken));
        Assert.Equal(ok, (await AskAsync(HttpMethod.Delete, "/v3/config/paths/delete/desk")).ToJsonString());
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
