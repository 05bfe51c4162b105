// RTSP of the whole agent: keys, paths, and what the hub and lists see.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mumu.Agent.Keys;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Units;
using Mumu.Tests.Shared;

namespace Mumu.Agent.Tests.Rtsp;

public sealed class RtspDoorTests : IAsyncLifetime
{
    private const string Sdp = "v=0\r\ns=x\r\nm=audio 0 RTP/AVP 8\r\na=control:streamid=0\r\n";
    private readonly int _port = FreePort.Take();
    private RunningAgent _agent = null!;
    private string _session = "";

    public async ValueTask InitializeAsync() =>
        _agent = await RunningAgent.StartAsync($"{RunningAgent.Simulator}, \"desk\": {{ \"source\": \"publisher\" }}", rtspPort: _port);

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private async Task<int> AskAsync(string method, string path, string? key, string body = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port, TestContext.Current.CancellationToken);
        return await AskAsync(client, method, path, key, body: body);
    }

    private async Task<int> AskAsync(TcpClient client, string method, string path, string? key, string headers = "", string body = "")
    {
        var authorization = key is null ? "" : $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{key}"))}\r\n";
        var text =
            $"{method} rtsp://127.0.0.1/{path} RTSP/1.0\r\nCSeq: 1\r\n{authorization}{headers}Content-Length: {body.Length}\r\n\r\n{body}";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var length = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
        var answer = Encoding.UTF8.GetString(buffer, 0, length);
        var at = answer.IndexOf("Session: ", StringComparison.Ordinal);
        _session = at < 0 ? _session : answer[(at + 9)..].Split(';')[0];
        return int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_reader_with_a_key_plays_and_is_listed()
    {
        var key = _agent.Keys.Create("tv", ApiKeyRole.Reader, ["sim"]);
        using var stop = new CancellationTokenSource();
        var sink = new CountingSink();
        var options = new RtspOptions { Uri = new Uri($"rtsp://any:{key}@127.0.0.1:{_port}/sim") };
        var run = new RtspSource(options, TimeProvider.System).RunAsync(sink, stop.Token);
        await Eventually.HoldsAsync(() => sink.Count > 30, "pictures come");
        var reader = _agent.Cameras.Find("sim")!.Readers.All.Single();
        Assert.Equal(("rtsp", "tv"), (reader.Protocol, reader.Key));
        Assert.True(reader.Bytes() > 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await Eventually.HoldsAsync(() => _agent.Cameras.Find("sim")!.Readers.All.Count == 0, "the reader has left");
    }

    [Fact]
    public async Task Every_refusal_has_its_status()
    {
        var reader = _agent.Keys.Create("reader", ApiKeyRole.Reader, ["sim", "desk", "none"]);
        var publisher = _agent.Keys.Create("publisher", ApiKeyRole.Publisher, ["sim", "desk", "obs/*"]);
        Assert.Equal(401, await AskAsync("DESCRIBE", "sim", null));
        Assert.Equal(401, await AskAsync("DESCRIBE", "sim", "wrong"));
        Assert.Equal(403, await AskAsync("DESCRIBE", "sim", publisher));
        Assert.Equal(403, await AskAsync("DESCRIBE", "other", reader));
        Assert.Equal(404, await AskAsync("DESCRIBE", "none", reader));
        Assert.Equal(404, await AskAsync("DESCRIBE", "desk", reader));
        Assert.Equal(401, await AskAsync("ANNOUNCE", "obs/x", null, Sdp));
        Assert.Equal(403, await AskAsync("ANNOUNCE", "obs/x", reader, Sdp));
        Assert.Equal(403, await AskAsync("ANNOUNCE", "sim", publisher, Sdp)); // it has a source of its own
        Assert.Equal(415, await AskAsync("ANNOUNCE", "obs/x", publisher, "v=0\r\ns=x\r\nm=audio 0 RTP/AVP 3\r\n"));
        foreach (var path in new[] { "..", "a/../sim", "%2e%2e", "%252e", "sim%00", "a%2fb", "a//b", "sim/whep/x", new string('x', 300) })
        {
            Assert.Equal((path, 400), (path, await AskAsync("DESCRIBE", path, reader)));
            Assert.Equal((path, 400), (path, await AskAsync("ANNOUNCE", path, publisher, Sdp)));
        }
    }

    [Fact]
    public async Task A_published_path_is_a_camera_while_it_lives()
    {
        var key = _agent.Keys.Create("obs", ApiKeyRole.Publisher);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port, TestContext.Current.CancellationToken);
        Assert.Equal(200, await AskAsync(client, "ANNOUNCE", "obs/live", key, body: Sdp));
        Assert.Null(_agent.Cameras.Find("obs/live")); // not before it is recorded
        Assert.Equal(200, await AskAsync(client, "SETUP", "obs/live/streamid=0", key, "Transport: RTP/AVP/TCP;interleaved=0-1\r\n"));
        Assert.Equal(454, await AskAsync(client, "RECORD", "obs/live", key));
        Assert.Equal(200, await AskAsync(client, "RECORD", "obs/live", key, $"Session: {_session}\r\n"));
        var camera = _agent.Cameras.Find("obs/live")!;
        Assert.Equal("connecting", camera.Presence().Status);
        Assert.Equal(("rtsp", "obs"), (camera.Slot!.Current!.Publisher.Protocol, camera.Slot.Current.Publisher.Key));
        client.Close();
        await Eventually.HoldsAsync(() => camera.Presence().Status == "offline", "the publisher has left");
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
