// A scrape: valid to the letter, with the names and labels that dashboards know, for those who may.
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Keys;
using Mumu.Agent.Metrics;
using Mumu.Agent.Paths;
using Mumu.Agent.Tests.Harness;
using Mumu.Tests.Shared;

namespace Mumu.Agent.Tests.Metrics;

public sealed class MetricsTests : IAsyncLifetime
{
    private readonly int _rtsp = FreePort.Take();
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await RunningAgent.StartAsync(
            $"{RunningAgent.Simulator}, \"desk\": {{ \"source\": \"publisher\" }}",
            configure: services =>
                services.AddSingleton<MetricsContributor>(text =>
                    text.Counter("mumu_more_total", "From \\ elsewhere\nand on.", 7, ("odd", "a\"b\\c\nd"))
                ),
            rtspPort: _rtsp
        );
        _agent.As(ApiKeyRole.Metrics);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private async Task<IReadOnlyList<Sample>> ScrapeAsync(string query = "")
    {
        using var response = await _agent.Http.GetAsync("/metrics" + query, TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        return PrometheusText.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Paths_and_sessions_have_the_names_and_labels_of_dashboards()
    {
        var readers = _agent.Cameras.Find("sim")!.Readers;
        foreach (var protocol in new[] { "webrtc", "rtsp", "rtsps", "rtmp", "rtmps", "hls" })
        {
            readers.Add(
                new PathReader(protocol, "127.0.0.1:6", "tv", DateTimeOffset.UtcNow, () => 500, () => { })
                {
                    Packets = () => 5,
                    Discarded = () => 1,
                }
            );
        }
        var all = await ScrapeAsync();
        double Value(string name, params (string, string)[] labels) =>
            all.Single(s => s.Name == name && labels.All(l => s.Labels.GetValueOrDefault(l.Item1) == l.Item2)).Value;
        Assert.Equal(1, Value("paths", ("name", "desk"), ("state", "notReady")));
        Assert.Equal(1, Value("paths_readers", ("name", "sim"), ("readerType", "webRTCSession")));
        Assert.Equal(0, Value("paths_readers", ("name", "desk"), ("readerType", "")));
        Assert.Equal(3000, Value("paths_bytes_sent", ("name", "sim")));
        Assert.Equal(3000, Value("paths_outbound_bytes", ("name", "sim")));
        Assert.Equal(0, Value("paths_bytes_received", ("name", "desk")));
        foreach (var group in new[] { "webrtc_sessions", "rtsp_sessions", "rtsps_sessions", "rtmp_conns", "rtmps_conns", "hls_sessions" })
        {
            var one = all.Single(s => s.Name == group);
            Assert.Equal(group == "hls_sessions" ? ["id", "path", "remoteAddr"] : ["id", "path", "remoteAddr", "state"], one.Labels.Keys);
            Assert.Equal(500, Value($"{group}_bytes_sent"));
        }
        Assert.Equal(500, Value("hls_muxers_bytes_sent", ("name", "sim")));
        Assert.Equal(0, Value("rtsp_conns"));
        Assert.Equal(7, Value("mumu_more_total", ("odd", "a\"b\\c\nd")));
        Assert.Equal(0, Value("mumu_webrtc_frames_dropped_total", ("cause", "late")));
        Assert.True(Value("process_start_time_seconds") > 1.6e9);
        Assert.True(Value("process_resident_memory_bytes") > 1e6);

        Assert.All(await ScrapeAsync("?type=rtsp_sessions"), s => Assert.StartsWith("rtsp_sessions", s.Name, StringComparison.Ordinal));
        Assert.All(await ScrapeAsync("?path=desk"), s => Assert.Equal("desk", s.Labels["name"]));
        var id = all.Single(s => s.Name == "webrtc_sessions").Labels["id"];
        Assert.All(await ScrapeAsync($"?webrtc_session={id}"), s => Assert.Equal(id, s.Labels["id"]));
    }

    [Fact]
    public async Task Counters_of_a_path_do_not_fall_when_a_reader_leaves()
    {
        var readers = _agent.Cameras.Find("desk")!.Readers;
        var reader = new PathReader("rtsp", "127.0.0.1:6", "tv", DateTimeOffset.UtcNow, () => 500, () => { });
        readers.Add(reader);
        readers.Remove(reader);
        readers.Remove(reader);
        Assert.Equal(500, (await ScrapeAsync("?path=desk")).Single(s => s.Name == "paths_bytes_sent").Value);
        Assert.Equal(0, (await ScrapeAsync("?type=rtsp_sessions")).Single(s => s.Name == "rtsp_sessions").Value);
    }

    [Fact]
    public async Task Metrics_need_a_key_for_them_and_health_none()
    {
        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var response = await _agent.Http.GetAsync(path, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/v3/paths/list")); // a key for metrics is for nothing else
        _agent.As(ApiKeyRole.Reader);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/metrics"));
        _agent.Http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/metrics"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/health/live"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/health/other"));
    }
}
