// The agent's API over HTTP.
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Cameras;
using Mumu.Agent.Keys;
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Agent.Tests.LocalApi;

public sealed class AgentApiTests : IAsyncLifetime
{
    private const string Cameras = "/api/agent/cameras";
    private CameraProber _prober = (_, _) => Task.FromResult<IReadOnlyList<TrackFormat>>([]);
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await RunningAgent.StartAsync(
            $"{RunningAgent.Simulator}, /* keep me */ \"door\": {{ \"url\": \"rtsp://door:8554/1?key=geheim\", \"user\": \"me\", \"password\": \"geheim\" }}",
            configure: services =>
            {
                services.AddSingleton(new FakeSources().Factory);
                services.AddSingleton<CameraProber>((settings, cancellation) => _prober(settings, cancellation));
            },
            overrides: new SettingsOverrides { Cameras = new Dictionary<string, string> { ["line"] = "rtsp://line" } }
        );
        _agent.As(ApiKeyRole.Admin);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _agent.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("geheim", body, StringComparison.Ordinal);
        return (response.StatusCode, body);
    }

    private async Task RefusedAsync(HttpStatusCode status, string words, HttpMethod method, string path, string? json = null)
    {
        var (got, body) = await SendAsync(method, path, json);
        Assert.Equal(status, got);
        Assert.Contains(words, JsonDocument.Parse(body).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_agent_tells_who_it_is_and_its_cameras_without_their_passwords()
    {
        var (status, body) = await SendAsync(HttpMethod.Get, "/api/agent");
        Assert.Equal(HttpStatusCode.OK, status);
        var info = JsonDocument.Parse(body).RootElement;
        Assert.Equal(_agent.Identity.DeviceId, info.GetProperty("device_id").GetString());
        Assert.Equal(_agent.Identity.Fingerprint, info.GetProperty("fingerprint").GetString());
        var cameras = info.GetProperty("cameras");
        Assert.Equal(["sim", "door", "line"], cameras.EnumerateArray().Select(c => c.GetProperty("id").GetString()!));
        var door = cameras[1];
        Assert.Equal("rtsp://door:8554/1?…", door.GetProperty("url").GetString());
        Assert.Equal("me", door.GetProperty("user").GetString());
        Assert.True(door.GetProperty("has_password").GetBoolean());
        Assert.Equal("ready", door.GetProperty("state").GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, cameras[0].GetProperty("url").ValueKind);
    }

    [Fact]
    public async Task Only_administrators_get_in()
    {
        _agent.Http.DefaultRequestHeaders.Authorization = null;
        using var none = await _agent.Http.GetAsync("/api/agent", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (none.StatusCode, none.Headers.WwwAuthenticate.ToString()));
        Assert.Contains("detail", await none.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        _agent.Http.DefaultRequestHeaders.Authorization = new("Bearer", KeyStore.Prefix + "wrong");
        await RefusedAsync(HttpStatusCode.Unauthorized, "API key", HttpMethod.Get, Cameras);
        _agent.As(ApiKeyRole.Reader);
        await RefusedAsync(HttpStatusCode.Forbidden, "administrator", HttpMethod.Get, Cameras);
    }

    [Fact]
    public async Task A_camera_is_added_changed_and_removed_in_the_file()
    {
        using var added = await _agent.Http.PostAsync(
            Cameras,
            JsonContent.Create(
                new
                {
                    name = "Front door",
                    url = "rtsp://you:geheim@front/1",
                    transport = "udp",
                }
            ),
            TestContext.Current.CancellationToken
        );
        Assert.Equal((HttpStatusCode.Created, $"{Cameras}/front-door"), (added.StatusCode, added.Headers.Location?.OriginalString));
        var front = _agent.Settings.Current.Cameras["front-door"];
        Assert.Equal(
            new CameraSettings("Front door", Url: "rtsp://front/1", User: "you", Password: "geheim", Transport: CameraTransport.Udp),
            front
        );

        var (status, _) = await SendAsync(
            HttpMethod.Patch,
            $"{Cameras}/front-door",
            """{"name":"Porch","on_demand":false,"url":"rtsp://front/2"}"""
        );
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            front with
            {
                Name = "Porch",
                OnDemand = false,
                Url = "rtsp://front/2",
            },
            _agent.Settings.Current.Cameras["front-door"]
        );
        Assert.Equal("Porch", _agent.Cameras.Find("front-door")?.Name);
        await SendAsync(HttpMethod.Patch, $"{Cameras}/front-door", """{"password":""}""");
        Assert.Null(_agent.Settings.Current.Cameras["front-door"].Password);

        (status, _) = await SendAsync(HttpMethod.Delete, $"{Cameras}/front-door");
        Assert.Equal(HttpStatusCode.NoContent, status);
        Assert.DoesNotContain("front-door", _agent.Data.ReadSettings(), StringComparison.Ordinal);
        Assert.Contains("/* keep me */", _agent.Data.ReadSettings(), StringComparison.Ordinal);
        await RefusedAsync(HttpStatusCode.NotFound, "no such camera", HttpMethod.Delete, $"{Cameras}/front-door");
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.BadRequest, "a name")]
    [InlineData("""{"name":"x"}""", HttpStatusCode.BadRequest, "address")]
    [InlineData("""{"name":"x","url":"exec:rm"}""", HttpStatusCode.BadRequest, "rtsp://")]
    [InlineData("""{"name":"x","url":"ftp://x"}""", HttpStatusCode.BadRequest, "rtsp://")]
    [InlineData("""{"name":"x","url":"rtsp://x","transport":"sctp"}""", HttpStatusCode.BadRequest, "auto, tcp, udp")]
    [InlineData("""{"id":"a/b","url":"rtsp://x"}""", HttpStatusCode.BadRequest, "1–64")]
    [InlineData("""{"id":"door","url":"rtsp://x"}""", HttpStatusCode.Conflict, "already")]
    [InlineData("""{"name":5}""", HttpStatusCode.BadRequest, "$.name")]
    [InlineData("[]", HttpStatusCode.BadRequest, "JSON")]
    [InlineData("nonsense", HttpStatusCode.BadRequest, "JSON")]
    [InlineData("null", HttpStatusCode.BadRequest, "JSON object")]
    public async Task A_bad_camera_is_refused_in_words(string json, HttpStatusCode status, string words)
    {
        var before = _agent.Data.ReadSettings();
        await RefusedAsync(status, words, HttpMethod.Post, Cameras, json);
        Assert.Equal(before, _agent.Data.ReadSettings());
    }

    [Fact]
    public async Task A_stored_password_is_never_sent_to_another_host()
    {
        foreach (var url in new[] { "rtsp://thief/1", "rtsp://door:9999/1", "rtsps://door:8554/1" })
        {
            await RefusedAsync(HttpStatusCode.BadRequest, "needed again", HttpMethod.Patch, $"{Cameras}/door", $$"""{"url":"{{url}}"}""");
        }
        var (status, _) = await SendAsync(HttpMethod.Patch, $"{Cameras}/door", """{"url":"rtsp://elsewhere/1","password":"new"}""");
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task What_the_command_line_gave_only_the_command_line_changes()
    {
        await RefusedAsync(HttpStatusCode.Conflict, "command line", HttpMethod.Patch, $"{Cameras}/line", """{"name":"x"}""");
        await RefusedAsync(HttpStatusCode.Conflict, "command line", HttpMethod.Delete, $"{Cameras}/line");
    }

    [Fact]
    public async Task A_file_with_a_mistake_is_not_written_over()
    {
        var broken = _agent.Data.ReadSettings().Replace("\"webrtc\"", "\n\"wobrtc\"", StringComparison.Ordinal);
        _agent.Data.WriteSettings(broken);
        await RefusedAsync(HttpStatusCode.Conflict, "line 2", HttpMethod.Post, Cameras, """{"name":"x","url":"rtsp://x"}""");
        Assert.Equal(broken, _agent.Data.ReadSettings());
    }

    [Theory]
    [InlineData("rtsp://me%0a:x@front/1", "user")]
    [InlineData("rtsp://me:x%00@front/1", "password")]
    public async Task User_and_password_in_the_address_keep_the_rules_too(string url, string what)
    {
        await RefusedAsync(HttpStatusCode.BadRequest, $"A camera's {what}", HttpMethod.Post, Cameras, $$"""{"name":"x","url":"{{url}}"}""");
    }

    [Fact]
    public async Task Bodies_are_limited_and_must_be_json()
    {
        var large = $$"""{"name":"{{new string('x', 70_000)}}"}""";
        await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "64 KiB", HttpMethod.Post, Cameras, large);
        using var text = new StringContent("{}");
        using var response = await _agent.Http.PostAsync(Cameras, text, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_probe_says_what_the_camera_has()
    {
        CameraSettings? asked = null;
        _prober = (settings, _) =>
        {
            asked = settings;
            return Task.FromResult<IReadOnlyList<TrackFormat>>([
                new(MediaKind.Video, Codec.H265, 90000, 0, ReadOnlyMemory<byte>.Empty),
                new(MediaKind.Audio, Codec.Pcma, 8000, 1, ReadOnlyMemory<byte>.Empty),
            ]);
        };
        var (status, body) = await SendAsync(HttpMethod.Post, $"{Cameras}/probe", """{"url":"rtsp://a:geheim@b/1","transport":"tcp"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(new CameraSettings(Url: "rtsp://b/1", User: "a", Password: "geheim", Transport: CameraTransport.Tcp), asked);
        var result = JsonDocument.Parse(body).RootElement;
        Assert.True(result.GetProperty("ok").GetBoolean());
        Assert.False(result.GetProperty("playable").GetBoolean());
        Assert.Equal(["H265", "PCMA"], result.GetProperty("tracks").EnumerateArray().Select(t => t.GetProperty("codec").GetString()!));
    }

    [Theory]
    [InlineData(SourceFailure.WrongPassword, "wrong_password")]
    [InlineData(SourceFailure.NoSuchHost, "no_such_host")]
    [InlineData(SourceFailure.Unreachable, "unreachable")]
    [InlineData(SourceFailure.NotFound, "not_found")]
    [InlineData(SourceFailure.UnsupportedCodec, "unsupported_codec")]
    [InlineData(SourceFailure.Protocol, "protocol")]
    [InlineData(SourceFailure.Stalled, "stalled")]
    public async Task A_failed_probe_says_why(SourceFailure failure, string code)
    {
        _prober = (_, _) => throw new SourceException(failure, "A sentence.");
        var (status, body) = await SendAsync(HttpMethod.Post, $"{Cameras}/probe", """{"url":"rtsp://b"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal($$"""{"ok":false,"code":"{{code}}","detail":"A sentence."}""", body);
        await RefusedAsync(HttpStatusCode.BadRequest, "rtsp://", HttpMethod.Post, $"{Cameras}/probe", """{"url":"file:///etc/passwd"}""");
    }
}
