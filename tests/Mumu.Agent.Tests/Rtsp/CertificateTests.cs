// A certificate that can't be used is told at the start, by the setting's name.
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;
using Mumu.Tests.Shared;

namespace Mumu.Agent.Tests.Rtsp;

public sealed class CertificateTests
{
    [Theory]
    [InlineData("/nowhere/cert.pem")]
    [InlineData("/dev/null")]
    public async Task What_can_not_be_used_is_told_by_name(string path)
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() =>
            RunningAgent.StartAsync(rtspPort: FreePort.Take(), rtsp: $", \"certificate\": \"{path}\"")
        );
        Assert.Equal("rtsp.certificate", refused.Place);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"udpPort\": 8051")]
    [InlineData("\"udpPort\": 80")]
    [InlineData("\"transports\": []")]
    [InlineData("\"transports\": [\"quic\"]")]
    [InlineData("\"key\": \"/k.pem\"")]
    public void Settings_that_can_not_be_are_refused(string rtsp)
    {
        using var data = new DataDirectory();
        data.WriteSettings($"{{ \"rtsp\": {{ {rtsp} }} }}");
        Assert.Contains("rtsp.", Assert.Throws<SettingsException>(() => data.Open()).Message, StringComparison.Ordinal);
    }
}
