// Settings through the control API: what clients write is in mumu.json, in force, and nothing else changes.
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Keys;
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Control;

public sealed class ControlConfigTests : IAsyncLifetime
{
    private readonly FakeSources _sources = new();
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await RunningAgent.StartAsync(
            "/* the yard */ \"front\": { \"url\": \"rtsp://192.0.2.1/a\", \"user\": \"me\", \"password\": \"secret-word\" }, \"steady\": { \"source\": \"simulator\", \"onDemand\": false }",
            configure: services => services.AddSingleton(_sources.Factory)
        );
        _agent.As(ApiKeyRole.Admin);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private async Task<(int Status, JsonNode Body)> AskAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await _agent.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(text)!);
    }

    private Task<(int Status, JsonNode Body)> GetAsync(string path) => AskAsync(HttpMethod.Get, path);

    private async Task RefusedAsync(HttpMethod method, string path, string body, string naming)
    {
        var before = _agent.Data.ReadSettings();
        var (status, answer) = await AskAsync(method, path, body);
        Assert.Equal((400, "error"), (status, (string?)answer["status"]));
        Assert.Contains(naming, (string)answer["error"]!, StringComparison.Ordinal);
        Assert.Equal(before, _agent.Data.ReadSettings());
    }

    [Fact]
    public async Task A_path_is_added_changed_replaced_and_deleted_and_the_file_says_so()
    {
        Assert.Equal(
            200,
            (
                await AskAsync(
                    HttpMethod.Post,
                    "/v3/config/paths/add/gate",
                    """{"source":"rtsp://u:p%40ss@192.0.2.9:554/x","sourceOnDemand":true}"""
                )
            ).Status
        );
        var camera = _agent.Settings.Current.Cameras["gate"];
        Assert.Equal(("rtsp://192.0.2.9:554/x", "u", "p@ss", true), (camera.Url, camera.User, camera.Password, camera.OnDemand));
        Assert.NotNull(_agent.Cameras.Find("gate"));
        Assert.Contains("/* the yard */", _agent.Data.ReadSettings(), StringComparison.Ordinal);

        var (status, shown) = await GetAsync("/v3/config/paths/get/gate");
        Assert.Equal((200, "rtsp://192.0.2.9:554/x", "automatic"), (status, (string?)shown["source"], (string?)shown["rtspTransport"]));
        Assert.DoesNotContain("p@ss", shown.ToJsonString(), StringComparison.Ordinal);

        Assert.Equal(200, (await AskAsync(HttpMethod.Patch, "/v3/config/paths/patch/gate", """{"rtspTransport":"tcp"}""")).Status);
        Assert.Equal(
            (CameraTransport.Tcp, "p@ss"),
            (_agent.Settings.Current.Cameras["gate"].Transport, _agent.Settings.Current.Cameras["gate"].Password)
        );

        Assert.Equal(200, (await AskAsync(HttpMethod.Post, "/v3/config/paths/replace/gate", """{"source":"publisher"}""")).Status);
        Assert.Equal(new CameraSettings(Source: CameraSourceKind.Publisher), _agent.Settings.Current.Cameras["gate"]);

        Assert.Equal(200, (await AskAsync(HttpMethod.Delete, "/v3/config/paths/delete/gate")).Status);
        Assert.Equal(404, (await GetAsync("/v3/config/paths/get/gate")).Status);
        Assert.Equal(404, (await AskAsync(HttpMethod.Delete, "/v3/config/paths/delete/gate")).Status);
        Assert.Equal(404, (await AskAsync(HttpMethod.Patch, "/v3/config/paths/patch/gate", "{}")).Status);
        var again = SettingsStore.Open(_agent.Data.Path, new SettingsOverrides(), new Dictionary<string, string>());
        Assert.Equal(["front", "steady"], again.Current.Cameras.Keys);
        Assert.Equal("secret-word", again.Current.Cameras["front"].Password);
    }

    [Fact]
    public async Task A_change_leaves_streams_it_does_not_concern_playing()
    {
        await Eventually.HoldsAsync(() => _sources.Runs("steady") == 1, "the other camera plays");
        await AskAsync(HttpMethod.Post, "/v3/config/paths/add/gate", """{"source":"publisher"}""");
        await AskAsync(HttpMethod.Patch, "/v3/config/paths/patch/front", """{"sourceOnDemand":false}""");
        await AskAsync(HttpMethod.Patch, "/v3/config/global/patch", """{"rtspTransports":["tcp"]}""");
        await Eventually.HoldsAsync(() => _sources.Runs("front") == 1, "the changed camera plays");
        Assert.Equal((1, true), (_sources.Runs("steady"), _sources.Last("steady").IsRunning));
    }

    [Fact]
    public async Task What_a_client_reads_it_may_send_back_unchanged()
    {
        foreach (var name in new[] { "front", "steady" })
        {
            var before = _agent.Settings.Current.Cameras[name];
            var shown = (await GetAsync($"/v3/config/paths/get/{name}")).Body.ToJsonString();
            Assert.Equal((200, ""), ((await AskAsync(HttpMethod.Patch, $"/v3/config/paths/patch/{name}", shown)).Status, ""));
            Assert.Equal(before, _agent.Settings.Current.Cameras[name]);
        }
        var text = _agent.Data.ReadSettings();
        var global = (await GetAsync("/v3/config/global/get")).Body.ToJsonString();
        Assert.Equal(200, (await AskAsync(HttpMethod.Patch, "/v3/config/global/patch", global)).Status);
        Assert.Equal(text, _agent.Data.ReadSettings());
        Assert.Equal(global, (await GetAsync("/v3/config/get")).Body.ToJsonString());
    }

    [Fact]
    public async Task Settings_of_the_program_are_changed_in_the_file()
    {
        var change =
            """{"rtspAddress":":9554","rtspTransports":["tcp"],"apiAddress":"127.0.0.1:9001","apiAllowOrigins":["https://panel.example"],"webrtcICEServers2":[{"url":"stun:192.0.2.3:3478"}],"metrics":false,"rtmpAddress":":9935","rtmp":false,"hlsAddress":":9888","hls":false}""";
        Assert.Equal(200, (await AskAsync(HttpMethod.Patch, "/v3/config/global/patch", change)).Status);
        var now = _agent.Settings.Current;
        Assert.Equal((9554, 9001, "127.0.0.1", false), (now.Ports.Rtsp, now.Ports.Control, now.Control.Bind, now.Metrics.Enabled));
        Assert.Equal([RtspTransportWord.Tcp], now.Rtsp.Transports!);
        Assert.Equal(["stun:192.0.2.3:3478"], now.WebRtc.Stun);
        var shown = (await GetAsync("/v3/config/global/get")).Body;
        Assert.Equal((":9554", "127.0.0.1:9001"), ((string?)shown["rtspAddress"], (string?)shown["apiAddress"]));
        Assert.Equal((9935, 9888, false, false), (now.Ports.Rtmp, now.Ports.Hls, now.Rtmp.Enabled, now.Hls.Enabled));
        Assert.Equal(
            (":9935", ":1936", ":9888"),
            ((string?)shown["rtmpAddress"], (string?)shown["rtmpsAddress"], (string?)shown["hlsAddress"])
        );
        Assert.Equal((false, "no", false), ((bool)shown["rtmp"]!, (string?)shown["rtmpEncryption"], (bool)shown["hls"]!));
        Assert.Contains("/* the yard */", _agent.Data.ReadSettings(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"runOnReady":"rm -rf /"}""", "runOnReady")]
    [InlineData("""{"record":true}""", "record")]
    [InlineData("""{"source":"file:///etc/passwd"}""", "source")]
    [InlineData("""{"source":17}""", "source")]
    [InlineData("""{"rtspTransport":"multicast"}""", "rtspTransport")]
    [InlineData("""{"sourceOnDemand":"yes"}""", "sourceOnDemand")]
    [InlineData("""{"mumu":{"run":"x"}}""", "run")]
    [InlineData("""{"mumu":{"fps":"x"}}""", "mumu.fps")]
    [InlineData("""{"mumu":{"fps":100000}}""", "fps")]
    [InlineData("""{"name":"other"}""", "name")]
    [InlineData("[]", "object")]
    [InlineData("{", "JSON")]
    [InlineData("""{"record":false,"record":true}""", "twice")]
    public async Task What_is_not_there_is_refused_by_its_name_and_nothing_is_saved(string body, string naming)
    {
        await RefusedAsync(HttpMethod.Post, "/v3/config/paths/add/gate", body, naming);
        await RefusedAsync(HttpMethod.Patch, "/v3/config/paths/patch/steady", body, naming);
    }

    [Fact]
    public async Task A_refusal_is_whole_and_tells_line_and_reason_where_the_file_is_wrong()
    {
        await RefusedAsync(HttpMethod.Patch, "/v3/config/global/patch", """{"rtspAddress":":8554","nonsense":1}""", "nonsense");
        await RefusedAsync(HttpMethod.Patch, "/v3/config/global/patch", """{"rtspAddress":":8889"}""", "same port");
        await RefusedAsync(HttpMethod.Patch, "/v3/config/global/patch", """{"rtspAddress":"10.0.0.1:8554"}""", "--bind");
        await RefusedAsync(HttpMethod.Post, "/v3/config/paths/add/front", "{}", "already");
        await RefusedAsync(HttpMethod.Post, "/v3/config/paths/add/~%5Ecam.%2A", "{}", "can't be a path");
        await RefusedAsync(HttpMethod.Post, "/v3/config/paths/add/a/b", "{}", "slashes");
        _agent.Data.WriteSettings("{\n\"cameras\": {\n\"front\": { \"nme\": 1 } } }");
        await RefusedAsync(HttpMethod.Post, "/v3/config/paths/add/gate", "{}", "line 3");
    }

    [Fact]
    public async Task A_camera_led_to_another_host_needs_its_password_again()
    {
        await RefusedAsync(HttpMethod.Patch, "/v3/config/paths/patch/front", """{"source":"rtsp://192.0.2.66/a"}""", "password");
        await RefusedAsync(HttpMethod.Patch, "/v3/config/paths/patch/front", """{"mumu":{"url":"rtsp://192.0.2.66/a"}}""", "password");
        Assert.Equal(200, (await AskAsync(HttpMethod.Patch, "/v3/config/paths/patch/front", """{"source":"rtsp://192.0.2.1/b"}""")).Status);
        Assert.Equal("secret-word", _agent.Settings.Current.Cameras["front"].Password);
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_key_for_the_api_and_no_page_of_strangers()
    {
        var reader = _agent.Keys.Create("reader", ApiKeyRole.Reader);
        _agent.Http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(401, (await GetAsync("/v3/config/global/get")).Status);
        Assert.Equal(401, (await GetAsync("/v3/nothing")).Status);
        Assert.Equal(401, (await GetAsync($"/v3/paths/list?user=any&pass={reader}")).Status);
        _agent.Http.DefaultRequestHeaders.Authorization = new("Bearer", reader);
        Assert.Equal(403, (await GetAsync("/v3/paths/list")).Status);
        Assert.Equal(403, (await AskAsync(HttpMethod.Post, "/v3/config/paths/add/x", "{}")).Status);
        var admin = _agent.Keys.Create("admin", ApiKeyRole.Admin);
        _agent.Http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{admin}")));
        Assert.Equal(200, (await GetAsync("/v3/paths/list")).Status);
        Assert.Equal(404, (await GetAsync("/v3/nothing")).Status);
        _agent.Http.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        Assert.Equal(403, (await AskAsync(HttpMethod.Post, "/v3/config/paths/add/x", "{}")).Status);
        _agent.Data.WriteSettings("""{ "control": { "allowedOrigins": ["https://evil.example"] } }""");
        _agent.Settings.Reload();
        Assert.Equal(200, (await GetAsync("/v3/paths/list")).Status);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v3/paths/list");
        using var answer = await _agent.Http.SendAsync(preflight, TestContext.Current.CancellationToken);
        Assert.Equal(
            (HttpStatusCode.NoContent, "https://evil.example"),
            (answer.StatusCode, answer.Headers.GetValues("Access-Control-Allow-Origin").Single())
        );
    }
}
