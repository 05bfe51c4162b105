// Where sources may connect to: however an address is written, and wherever a server sends us.
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Sources;
using Mumu.Media.Units;

namespace Mumu.Agent.Tests.Cameras;

public sealed class OutboundTests
{
    private static OutboundNetworks Rules(string outbound)
    {
        using var data = new DataDirectory();
        return data.Open($$"""{ "outbound": { {{outbound}} } }""").Current.Outbound.Networks();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("2130706433")]
    [InlineData("017700000001")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("0.0.0.0")]
    [InlineData("0")]
    public async Task Forbidden_addresses_are_not_reached_however_they_are_written(string host)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var rules = Rules("\"forbidden\": [\"127.0.0.0/8\", \"0.0.0.0/8\", \"::1\", \"::/128\"]");
        var prober = CameraSources.Prober(TimeProvider.System, null!, () => rules);
        foreach (var scheme in new[] { "rtsp", "rtsps", "http", "https", "rtmp" })
        {
            var camera = new CameraSettings(Url: $"{scheme}://{host}:{port}/x/y");
            var refused = await Assert.ThrowsAsync<SourceException>(() =>
                prober(camera, TestContext.Current.CancellationToken).Within("refusal")
            );
            Assert.True(
                refused.Message.Contains("forbid", StringComparison.Ordinal) || refused.Failure == SourceFailure.NoSuchHost,
                $"{camera.Url}: {refused.Message}"
            );
        }
        Assert.False(listener.Poll(0, SelectMode.SelectRead), "Somebody has connected.");
    }

    [Fact]
    public async Task A_redirect_into_a_forbidden_network_is_not_followed()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        listener.Listen();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var camera = builder.Build();
        camera.MapGet("/video", () => Results.Redirect($"http://127.0.0.2:{((IPEndPoint)listener.LocalEndPoint!).Port}/secrets"));
        await camera.StartAsync(TestContext.Current.CancellationToken);
        var prober = CameraSources.Prober(TimeProvider.System, null!, () => Rules("\"forbidden\": [\"127.0.0.2\"]"));
        var settings = new CameraSettings(Url: $"{camera.Urls.Single()}/video");
        var refused = await Assert.ThrowsAsync<SourceException>(() =>
            prober(settings, TestContext.Current.CancellationToken).Within("refusal")
        );
        Assert.Contains("forbid", refused.Message, StringComparison.Ordinal);
        Assert.False(listener.Poll(0, SelectMode.SelectRead), "Somebody has connected.");
    }

    [Fact]
    public void Lists_say_what_is_allowed_and_clouds_secrets_are_not_by_themselves()
    {
        var usual = Rules("");
        Assert.True(usual.Allows(IPAddress.Parse("192.168.1.20")) && usual.Allows(IPAddress.Loopback));
        foreach (
            var address in new[]
            {
                "169.254.169.254",
                "::ffff:169.254.169.254",
                "fe80::1",
                "fd00:ec2::254",
                "0.0.0.0",
                "::",
                "224.0.0.1",
                "64:ff9b::a9fe:a9fe",
            }
        )
        {
            Assert.Equal((address, false), (address, usual.Allows(IPAddress.Parse(address))));
        }
        var home = Rules("\"allowed\": [\"192.168.1.0/24\"], \"forbidden\": [\"192.168.1.1\"]");
        Assert.True(home.Allows(IPAddress.Parse("192.168.1.20")) && home.Allows(IPAddress.Parse("::ffff:192.168.1.20")));
        Assert.False(
            home.Allows(IPAddress.Parse("192.168.1.1")) || home.Allows(IPAddress.Loopback) || home.Allows(IPAddress.Parse("192.168.2.1"))
        );
        Assert.Throws<SettingsException>(() => Rules("\"allowed\": []"));
        Assert.Throws<SettingsException>(() => Rules("\"forbidden\": [\"everything\"]"));
    }
}
