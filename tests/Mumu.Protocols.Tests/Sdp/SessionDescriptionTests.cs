// Session descriptions: a browser's offer, cameras' sloppy ones, limits, damage.
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.Tests.Sdp;

public sealed class SessionDescriptionTests
{
    private const string Offer = """
        v=0
        o=- 4611731400430051336 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0 1
        a=extmap-allow-mixed
        a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
        m=video 9 UDP/TLS/RTP/SAVPF 96 97 102
        c=IN IP4 0.0.0.0
        b=AS:2000
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:abcd
        a=ice-pwd:0123456789012345678901
        a=ice-options:trickle
        a=setup:actpass
        a=mid:0
        a=extmap:1 urn:ietf:params:rtp-hdrext:toffset
        a=extmap:3/recvonly http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01 x=y
        a=recvonly
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:96 VP8/90000
        a=rtcp-fb:96 nack pli
        a=rtpmap:102 H264/90000
        a=rtcp-fb:* transport-cc
        a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
        a=ssrc:1234 cname:x
        a=ssrc:1234 msid:a b
        a=ssrc:99 cname:x
        a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host
        m=audio 0 UDP/TLS/RTP/SAVPF 111 0
        a=mid:1
        a=rtpmap:111 opus/48000/2

        """;

    [Fact]
    public void A_browsers_offer_is_read_by_meaning()
    {
        Assert.True(SessionDescription.TryParse(Offer, out var sdp, out _));
        Assert.Equal(["0", "1"], sdp.Bundle);
        var video = sdp.Media[0];
        Assert.Equal(("video", 9, "UDP/TLS/RTP/SAVPF", "0"), (video.Kind, video.Port, video.Protocol, video.Mid));
        Assert.Equal(["96", "97", "102"], video.Formats);
        Assert.Equal(MediaDirection.ReceiveOnly, sdp.DirectionOf(video));
        Assert.Equal(("abcd", "0123456789012345678901", "actpass"), (sdp.IceUfragOf(video), sdp.IcePwdOf(video), sdp.SetupOf(video)));
        Assert.True(video.RtcpMux && video.RtcpReducedSize);
        Assert.Equal(new RtpMap(102, "H264", 90000, 1), video.RtpMapOf(102));
        Assert.Null(video.RtpMapOf(97));
        Assert.Equal("42001f", video.FormatParametersOf(102)["Profile-Level-Id"]);
        Assert.Equal(1, video.FormatParametersOf(102).Number("packetization-mode", 0));
        Assert.Equal([new RtcpFeedback(96, "nack pli"), new RtcpFeedback(null, "transport-cc")], video.RtcpFeedback);
        Assert.Equal([1, 3], video.ExtMaps.Select(map => map.Id));
        Assert.Equal([1234u, 99u], video.Ssrcs);
        Assert.Single(video.Candidates);
        Span<byte> digest = stackalloc byte[32];
        Assert.True(sdp.FingerprintsOf(video)[0].TryGetSha256(digest));
        Assert.Equal(0xFF, digest[31]);
        Assert.Equal(new RtpMap(0, "PCMU", 8000, 1), sdp.Media[1].RtpMapOf(0));
        Assert.Equal(2, sdp.Media[1].RtpMapOf(111)!.Value.Channels);
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        Assert.True(SessionDescription.TryParse(Offer, out var sdp, out _));
        var text = sdp.ToString();
        Assert.Equal(Offer.ReplaceLineEndings("\r\n"), text);
        Assert.True(SessionDescription.TryParse(text, out var again, out _));
        Assert.Equal(text, again.ToString());
    }

    [Theory]
    [InlineData("v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:trackID=0\n")]
    [InlineData("\r\n v=0 \r\ns= \r\nm=video  0  RTP/AVP  96 \r\nrubbish\r\na=rtpmap:96  H264/90000 \r\na=control: trackID=0\r\n\0")]
    public void Sloppy_cameras_are_understood(string text)
    {
        Assert.True(SessionDescription.TryParse(text, out var sdp, out _));
        Assert.Equal("trackID=0", sdp.Media[0].Control);
        Assert.Equal("H264", sdp.Media[0].RtpMapOf(96)?.Encoding);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK")]
    [InlineData("v=1\r\n")]
    [InlineData("v=0\r\nm=video\r\n")]
    [InlineData("v=0\r\nm=video x RTP/AVP 0\r\n")]
    [InlineData("v=0\r\nm=video 70000 RTP/AVP 0\r\n")]
    public void What_is_no_description_is_refused_with_a_sentence(string text)
    {
        Assert.False(SessionDescription.TryParse(text, out _, out var error));
        Assert.EndsWith(".", error);
    }

    [Fact]
    public void Too_much_is_refused()
    {
        Assert.False(SessionDescription.TryParse("v=0\n" + new string('x', SdpLimits.Text), out _, out _));
        Assert.False(SessionDescription.TryParse("v=0\n" + string.Concat(Enumerable.Repeat("m=a 0 x\n", 33)), out _, out _));
        Assert.False(SessionDescription.TryParse("v=0\n" + string.Concat(Enumerable.Repeat("a=x\n", 2_000)), out _, out _));
    }

    [Fact]
    public void Damaged_descriptions_never_throw()
    {
        var random = new Random(5);
        for (var i = 0; i < 3_000; i++)
        {
            var text = Offer.ToCharArray();
            for (var flips = 0; flips < 8; flips++)
            {
                text[random.Next(text.Length)] = (char)random.Next(128);
            }
            var length = random.Next(4) == 0 ? random.Next(text.Length) : text.Length;
            if (SessionDescription.TryParse(text.AsSpan(0, length), out var sdp, out _))
            {
                foreach (var media in sdp.Media)
                {
                    _ = media.RtpMaps.Count() + media.RtcpFeedback.Count() + media.ExtMaps.Count() + media.Ssrcs.Count();
                    _ = sdp.FingerprintsOf(media).Count(fingerprint => fingerprint.TryGetSha256(new byte[32]));
                    _ = media.FormatParametersOf(102).All.Count;
                }
                Assert.True(SessionDescription.TryParse(sdp.ToString(), out _, out _));
            }
        }
    }
}
