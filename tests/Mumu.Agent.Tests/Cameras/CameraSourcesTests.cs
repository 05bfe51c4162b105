// Real sources made from settings.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mumu.Agent.Cameras;
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Units;

namespace Mumu.Agent.Tests.Cameras;

public sealed class CameraSourcesTests
{
    private static readonly CameraProber Probe = CameraSources.Prober(TimeProvider.System, null!); // which WHEP alone needs

    [Fact]
    public async Task A_camera_that_is_not_there_is_unreachable()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var camera = new CameraSettings(Url: $"rtsp://127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}/x", Password: "geheim");
        closed.Stop();
        var failure = await Assert.ThrowsAsync<SourceException>(() => Probe(camera, TestContext.Current.CancellationToken));
        Assert.Equal(SourceFailure.Unreachable, failure.Failure);
        Assert.DoesNotContain("geheim", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_camera_answers_becomes_a_code_and_a_sentence()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var url = $"rtsp://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/x";
        var camera = new CameraSettings(Url: url, Transport: CameraTransport.Tcp);
        var probing = Probe(camera, TestContext.Current.CancellationToken);
        using var client = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream(), leaveOpen: true);
        for (string? line; (line = await reader.ReadLineAsync(TestContext.Current.CancellationToken)) is not null; )
        {
            if (line.StartsWith("CSeq:", StringComparison.OrdinalIgnoreCase))
            {
                var answer = Encoding.ASCII.GetBytes($"RTSP/1.0 404 Not Found\r\n{line}\r\n\r\n");
                await client.GetStream().WriteAsync(answer, TestContext.Current.CancellationToken);
            }
        }
        var failure = await Assert.ThrowsAsync<SourceException>(() => probing.Within("answer"));
        Assert.True(failure.Failure == SourceFailure.NotFound, failure.Message);
    }

    [Theory]
    [InlineData("rtmp://server/app/stream", true)]
    [InlineData("RTMPS://user:word@server:1936/stream?x=y", true)]
    [InlineData("rtmp://server", false)]
    [InlineData("rtmp:///stream", false)]
    public void Addresses_of_rtmp_are_sources(string url, bool isGood)
    {
        Assert.Equal(isGood, CameraUrl.Problem(url) is null);
        if (isGood)
        {
            var camera = CameraUrl.SplitUserInfo(new CameraSettings(Url: url));
            Assert.IsType<Media.Sources.Rtmp.RtmpSource>(CameraSources.Maker(TimeProvider.System, null!)("a", camera));
        }
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(256, 144, 120, 50)]
    [InlineData(4096, 2304, 1, 50_000)]
    public void Whatever_the_rules_allow_the_simulator_takes(int width, int height, int fps, int kbps)
    {
        var settings = new CameraSettings(Source: CameraSourceKind.Simulator, Width: width, Height: height, Fps: fps, Kbps: kbps);
        Assert.Empty(SettingsRules.Camera(settings));
        Assert.NotNull(CameraSources.Maker(TimeProvider.System, null!)("sim", settings));
    }
}
