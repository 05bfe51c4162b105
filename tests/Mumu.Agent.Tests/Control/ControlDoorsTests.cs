// What the control API shows of readers over HLS, and of where a path is sent on to.
using System.Net;
using System.Text.Json.Nodes;
using Mumu.Agent.Control;
using Mumu.Agent.Keys;
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Tests.Hls;
using Mumu.Tests.Shared;

namespace Mumu.Agent.Tests.Control;

public sealed class ControlDoorsTests
{
    private static async Task<JsonNode> GetAsync(HttpClient http, string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonNode.Parse(text)!;
    }

    [Fact]
    public async Task A_reader_over_hls_and_its_muxer_are_listed_until_it_is_kicked()
    {
        await using var agent = await HlsAgent.StartAsync(map: app =>
            RunningAgent.MapOwnDoor(app, control => control.UseMumuControl(), "/v3")
        );
        Task<JsonNode> ControlAsync(string path) => GetAsync(agent.Http, path, agent.Key);
        Assert.Empty((await ControlAsync("/v3/hlsmuxers/list"))["items"]!.AsArray());
        var (folder, _) = await LowLatencyClient.OpenAsync(agent.Http, $"/sim/index.m3u8?pass={agent.Key}");

        var session = (await ControlAsync("/v3/hlssessions/list"))["items"]!.AsArray().Single()!;
        Assert.Equal(("sim", "test"), ((string?)session["path"], (string?)session["user"]));
        var sent = (long)session["outboundBytes"]!;
        Assert.True(sent > 0, session.ToJsonString());
        var muxer = (await ControlAsync("/v3/hlsmuxers/list"))["items"]!.AsArray().Single()!;
        Assert.Equal("sim", (string?)muxer["path"]);

        _ = await agent.Http.GetStringAsync($"{folder}video.m3u8", TestContext.Current.CancellationToken);
        var later = await ControlAsync("/v3/hlsmuxers/get/sim");
        Assert.True((long)later["bytesSent"]! > sent, later.ToJsonString());
        Assert.True((DateTimeOffset)later["lastRequest"]! > (DateTimeOffset)muxer["created"]!, later.ToJsonString());

        using var kick = new HttpRequestMessage(HttpMethod.Post, $"/v3/hlssessions/kick/{session["id"]}");
        kick.Headers.Authorization = new("Bearer", agent.Key);
        using var kicked = await agent.Http.SendAsync(kick, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, kicked.StatusCode);
        using var gone = await agent.Http.GetAsync($"{folder}video.m3u8", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_path_tells_where_it_is_sent_on_to_and_how_that_stands()
    {
        var target = $"rtmp://127.0.0.1:{FreePort.Take()}/far/SECRET"; // nobody listens there
        var camera = $$"""{{RunningAgent.Simulator[..^2]}}, "forward": [{ "url": "{{target}}" }] }""";
        await using var agent = await RunningAgent.StartAsync(camera);
        agent.As(ApiKeyRole.Admin);
        var forward = JsonNode.Parse("{}")!;
        for (var tries = 0; tries < 300 && (string?)forward["state"] != "waiting"; tries++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            forward = (await GetAsync(agent.Http, "/v3/paths/get/sim"))["forwards"]!.AsArray().Single()!;
        }
        Assert.Equal("waiting", (string?)forward["state"]);
        Assert.NotEmpty((string?)forward["error"] ?? "");
        Assert.StartsWith("rtmp://127.0.0.1:", (string?)forward["target"], StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", forward.ToJsonString(), StringComparison.Ordinal);
    }
}
