// Session descriptions, offers, candidates, and fragments of them.
using System.Text;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Fuzz.Targets;

internal static class SdpTargets
{
    private const int EachLine = 16; // a line of four bytes is an attribute with a name and a value
    private const string Transport =
        "c=IN IP4 0.0.0.0\r\na=ice-ufrag:y9kZ\r\na=ice-pwd:qtt01QEyXidpU4+gEldyI6qg\r\na=ice-options:trickle\r\n"
        + "a=fingerprint:sha-256 A6:E9:ED:8F:16:EC:66:18:04:9B:B6:5C:35:CB:0A:15:D2:E4:E8:34:40:F0:73:09:B3:5B:86:6C:34:5A:38:C9\r\na=setup:actpass\r\n";

    private const string Offer =
        "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n"
        + "m=video 9 UDP/TLS/RTP/SAVPF 108 109 98\r\n"
        + Transport
        + "a=mid:0\r\na=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\na=recvonly\r\na=rtcp-mux\r\na=rtpmap:108 H264/90000\r\na=rtcp-fb:108 nack pli\r\n"
        + "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\na=rtpmap:109 rtx/90000\r\na=fmtp:109 apt=108\r\na=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\n"
        + "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\n"
        + Transport
        + "a=mid:1\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
        + "a=ssrc:12345 cname:x\r\na=ssrc-group:FID 1 2\r\na=candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host generation 0\r\n"
        + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
        + Transport
        + "a=mid:2\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";

    private const string Camera =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=x\r\nc=IN IP4 224.1.1.1/16\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
        + "a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAH9kAUAW7ARAAAAMAEAAAAwPGBAAPQkAB6E5MMAeMGSQ=,aMuMsg==\r\na=control:trackID=0\r\nm=audio 0 RTP/AVP 97\r\n"
        + "a=rtpmap:97 MPEG4-GENERIC/48000/2\r\na=fmtp:97 sizelength=13;indexlength=3;indexdeltalength=3;config=1190\r\n";

    private static readonly byte[][] s_words =
    [
        .. "a=\r\n|m=video 9 RTP/AVP 96\r\n|a=mid:|a=rtpmap:|a=fmtp:|a=candidate:|\r\n\r\n|4294967296|-1|a=setup:active\r\n|BUNDLE|:|/"
            .Split('|')
            .Select(Encoding.ASCII.GetBytes),
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("sdp", [.. Bytes(Offer, Camera)], bytes => SessionDescription.TryParse(Encoding.Latin1.GetString(bytes), out _, out _))
        {
            Words = s_words,
            Factor = EachLine,
        },
        new("sdp-offer", [.. Bytes(Offer)], bytes => RemoteOffer.TryParse(Encoding.Latin1.GetString(bytes), out _, out _))
        {
            Words = s_words,
            Factor = EachLine,
        },
        new(
            "ice-candidate",
            [
                .. Bytes(
                    "candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host generation 0 ufrag abcd",
                    "candidate:2 1 tcp 1518280447 2001:db8::1 9 typ srflx raddr 0.0.0.0 rport 9 tcptype active",
                    "a=candidate:x 1 UDP 1 0b6c3e1e-58fd-4f2f-9c0b-1ad1d5ac9fb2.local 50000 typ host"
                ),
            ],
            bytes => IceCandidate.TryParse(Encoding.Latin1.GetString(bytes), out _)
        ),
    ];

    private static IEnumerable<byte[]> Bytes(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);
}
