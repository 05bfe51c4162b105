// Which targets the settings allow, and what is shown of them.
using Mumu.Agent.Settings;

namespace Mumu.Agent.Tests.Forwarding;

public sealed class ForwardSettingsTests
{
    [Theory]
    [InlineData("rtmp://live.example/app/KEY", true)]
    [InlineData("rtmps://live.example:443/app/KEY?a=b", true)]
    [InlineData("rtsp://user:word@host:8554/path", true)]
    [InlineData("rtsps://host/path", true)]
    [InlineData("whips://:TOKEN@host/path/whip", true)]
    [InlineData("rtmp://host", false)]
    [InlineData("http://host/path/whip", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("rtmp://host/a b", false)]
    [InlineData("udp://host:5000", false)]
    [InlineData("", false)]
    public void Targets_are_servers_of_three_protocols(string url, bool isGood) =>
        Assert.Equal(isGood, !SettingsRules.Camera(Camera(url)).Any());

    [Fact]
    public void Twice_the_same_target_and_too_many_are_refused()
    {
        Assert.Contains("twice", SettingsRules.Camera(Camera("rtmp://h/a/b", "rtmp://h/a/b")).Single().Reason, StringComparison.Ordinal);
        string[] nine = [.. Enumerable.Range(0, 9).Select(i => $"rtmp://h/a/{i}")];
        Assert.Equal("forward", SettingsRules.Camera(Camera(nine)).Single().Path);
    }

    [Fact]
    public void What_is_shown_of_a_target_holds_no_secret()
    {
        foreach (
            var url in (string[])["rtmp://live.example/app/SECRET", "rtmp://x:SECRET@h/a?pass=SECRET", "rtsp://x:SECRET@h/a?pass=SECRET"]
        )
        {
            Assert.DoesNotContain("SECRET", ForwardSettings.Shown(url), StringComparison.Ordinal);
            Assert.DoesNotContain("SECRET", new ForwardSettings(url).ToString(), StringComparison.Ordinal);
        }
    }

    private static CameraSettings Camera(params string[] urls) =>
        new(Source: CameraSourceKind.Simulator, Forward: [.. urls.Select(url => new ForwardSettings(url))]);
}
