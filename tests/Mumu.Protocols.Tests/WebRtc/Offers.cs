// Offers in the shapes of real viewers, cut to what matters.
namespace Mumu.Protocols.Tests.WebRtc;

internal static class Offers
{
    private const string Transport = """
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:y9kZ
        a=ice-pwd:qtt01QEyXidpU4+gEldyI6qg
        a=ice-options:trickle
        a=fingerprint:sha-256 A6:E9:ED:8F:16:EC:66:18:04:9B:B6:5C:35:CB:0A:15:D2:E4:E8:34:40:F0:73:09:B3:5B:86:6C:34:5A:38:C9
        a=setup:actpass
        """;

    public static string Chromium { get; } =
        Crlf(
            $"""
            v=0
            o=- 4611731400430051336 2 IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE 0 1 2
            a=extmap-allow-mixed
            a=msid-semantic: WMS
            m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 106 107 108 109 112 113 98 100 45
            {Transport}
            a=mid:0
            a=extmap:1 urn:ietf:params:rtp-hdrext:toffset
            a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
            a=recvonly
            a=rtcp-mux
            a=rtcp-rsize
            a=rtpmap:96 VP8/90000
            a=rtcp-fb:96 goog-remb
            a=rtcp-fb:96 nack
            a=rtpmap:97 rtx/90000
            a=fmtp:97 apt=96
            a=rtpmap:102 H264/90000
            a=rtcp-fb:102 nack
            a=rtcp-fb:102 nack pli
            a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
            a=rtpmap:103 rtx/90000
            a=fmtp:103 apt=102
            a=rtpmap:106 H264/90000
            a=rtcp-fb:106 nack
            a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f
            a=rtpmap:107 rtx/90000
            a=fmtp:107 apt=106
            a=rtpmap:108 H264/90000
            a=rtcp-fb:108 goog-remb
            a=rtcp-fb:108 transport-cc
            a=rtcp-fb:108 ccm fir
            a=rtcp-fb:108 nack
            a=rtcp-fb:108 nack pli
            a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
            a=rtpmap:109 rtx/90000
            a=fmtp:109 apt=108
            a=rtpmap:112 H264/90000
            a=rtcp-fb:112 nack
            a=fmtp:112 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f
            a=rtpmap:113 rtx/90000
            a=fmtp:113 apt=112
            a=rtpmap:98 VP9/90000
            a=rtcp-fb:98 nack pli
            a=fmtp:98 profile-id=0
            a=rtpmap:100 VP9/90000
            a=fmtp:100 profile-id=2
            a=rtpmap:45 AV1/90000
            a=rtcp-fb:45 nack
            a=fmtp:45 level-idx=5;profile=0;tier=0
            m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8
            {Transport}
            a=mid:1
            a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level
            a=recvonly
            a=rtcp-mux
            a=rtcp-rsize
            a=rtpmap:111 opus/48000/2
            a=rtcp-fb:111 transport-cc
            a=fmtp:111 minptime=10;useinbandfec=1
            a=rtpmap:63 red/48000/2
            a=fmtp:63 111/111
            a=rtpmap:9 G722/8000
            a=rtpmap:0 PCMU/8000
            a=rtpmap:8 PCMA/8000
            m=application 9 UDP/DTLS/SCTP webrtc-datachannel
            {Transport}
            a=mid:2
            a=sctp-port:5000

            """
        );

    public static string Aiortc { get; } =
        Crlf(
            $"""
            v=0
            o=- 4004187161 4004187161 IN IP4 0.0.0.0
            s=-
            t=0 0
            a=group:BUNDLE 0 1
            a=msid-semantic:WMS *
            m=video 51265 UDP/TLS/RTP/SAVPF 97 98 99 100 101 102
            a=recvonly
            a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
            a=mid:0
            a=rtcp-mux
            a=ssrc-group:FID 1721248069 1116427031
            a=ssrc:1721248069 cname:7cb65a1f-3aeb-4f0e-a0f7-2a0dc898e538
            a=rtpmap:97 VP8/90000
            a=rtcp-fb:97 nack
            a=rtpmap:98 rtx/90000
            a=fmtp:98 apt=97
            a=rtpmap:99 H264/90000
            a=rtcp-fb:99 nack
            a=rtcp-fb:99 nack pli
            a=fmtp:99 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
            a=rtpmap:100 rtx/90000
            a=fmtp:100 apt=99
            a=rtpmap:101 H264/90000
            a=rtcp-fb:101 nack
            a=fmtp:101 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
            a=rtpmap:102 rtx/90000
            a=fmtp:102 apt=101
            a=candidate:5aa0 1 udp 2130706431 192.0.2.2 51265 typ host
            a=end-of-candidates
            {Transport}
            m=audio 51265 UDP/TLS/RTP/SAVPF 96 0 8
            a=recvonly
            a=mid:1
            a=rtcp-mux
            a=rtpmap:96 opus/48000/2
            a=rtpmap:0 PCMU/8000
            a=rtpmap:8 PCMA/8000
            {Transport}

            """
        );

    public static string GStreamer { get; } =
        Crlf(
            $"""
            v=0
            o=- 7614219274584779017 0 IN IP4 0.0.0.0
            s=-
            t=0 0
            a=ice-options:trickle
            a=group:BUNDLE video0
            m=video 9 UDP/TLS/RTP/SAVPF 96
            {Transport}
            a=rtcp-mux
            a=rtcp-rsize
            a=recvonly
            a=rtpmap:96 H264/90000
            a=rtcp-fb:96 nack pli
            a=mid:video0

            """
        );

    private static string Crlf(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
}
