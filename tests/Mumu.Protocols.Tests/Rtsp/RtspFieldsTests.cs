// The structured header fields and the joining of addresses.
using Mumu.Protocols.Rtsp;

namespace Mumu.Protocols.Tests.Rtsp;

public sealed class RtspFieldsTests
{
    [Theory]
    [InlineData("rtsp://h/a", null, "rtsp://h/a")]
    [InlineData("rtsp://h/a", "*", "rtsp://h/a")]
    [InlineData("rtsp://h/a", "trackID=0", "rtsp://h/a/trackID=0")]
    [InlineData("rtsp://h/a/", "trackID=0", "rtsp://h/a/trackID=0")]
    [InlineData("rtsp://h/a/", "/trackID=0", "rtsp://h/a/trackID=0")]
    [InlineData("rtsp://h/a?x=1", "trackID=0", "rtsp://h/a?x=1/trackID=0")]
    [InlineData("rtsp://h/a", "?ctype=video", "rtsp://h/a?ctype=video")]
    [InlineData("rtsp://h/a", "rtsp://other/b", "rtsp://other/b")]
    public void Addresses_are_joined_as_cameras_mean_it(string @base, string? control, string expected) =>
        Assert.Equal(expected, RtspAddress.Resolve(@base, control));

    [Fact]
    public void Transports_are_read()
    {
        Assert.True(RtspTransport.TryParse("RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=DEADBEEF;mode=\"PLAY\", RTP/AVP;x", out var tcp));
        Assert.Equal(new RtspTransport(4, null, null, null, 0xDEADBEEF), tcp);
        Assert.True(RtspTransport.TryParse(" rtp/avp ; Client_Port=1-2; SERVER_PORT = 6970 ; source=1.2.3.4", out var udp));
        Assert.Equal(new RtspTransport(null, 6970, 6971, "1.2.3.4", null), udp);
        Assert.True(RtspTransport.TryParse("RTP/AVP/TCP;interleaved=300-301;ssrc=xyz;server_port=99999", out var wrong));
        Assert.Equal(new RtspTransport(null, null, null, null, null), wrong);
        Assert.False(RtspTransport.TryParse(null, out _));
        Assert.False(RtspTransport.TryParse("RAW/RAW/UDP", out _));
    }

    [Fact]
    public void Stream_beginnings_are_found_by_address_or_by_place()
    {
        var streams = RtspRtpInfo.Parse("url=trackID=1;seq=1;rtptime=10, url=rtsp://h/a/trackID=2;seq=70000;rtptime=-1,;,rubbish");
        Assert.Equal([new RtspRtpInfo("trackID=1", 1, 10), new RtspRtpInfo("rtsp://h/a/trackID=2", null, null)], streams);
        Assert.Same(streams[0], RtspRtpInfo.Find(streams, "rtsp://h/a/trackID=1", 1, 2));
        Assert.Same(streams[1], RtspRtpInfo.Find(streams, "rtsp://h/a/trackID=2", 0, 2));
        Assert.Same(streams[1], RtspRtpInfo.Find(streams, "rtsp://h/a/other", 1, 2));
        Assert.Null(RtspRtpInfo.Find(streams, "rtsp://h/a/other", 1, 3));
        Assert.Empty(RtspRtpInfo.Parse(null));
    }
}
