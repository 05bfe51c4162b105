// RTSP's parser, its server's core and its client's core.
using System.Text;
using Mumu.Protocols.Rtsp;
using Mumu.Protocols.Rtsp.Server;
using Mumu.Protocols.Sdp;

namespace Mumu.Fuzz.Targets;

internal static class RtspTargets
{
    private const int AnswersEach = 200; // a request of 40 bytes is a message, its headers, and an answer that may hold a description
    private const string Session = "Session: 0123456789ABCDEF\r\n";

    private const string Sdp =
        "v=0\r\ns=x\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:streamid=0\r\nm=audio 0 RTP/AVP 8\r\na=control:streamid=1\r\n";

    private static readonly string s_reading =
        "OPTIONS rtsp://host:8554/front RTSP/1.0\r\nCSeq: 1\r\n\r\nDESCRIBE rtsp://host:8554/front RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\nAuthorization: Basic YTpi\r\n\r\n"
        + "SETUP rtsp://host:8554/front/trackID=0 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
        + $"PLAY rtsp://host:8554/front RTSP/1.0\r\nCSeq: 4\r\n{Session}Range: npt=0-\r\n\r\n$\x01\x00\x04abcdGET_PARAMETER * RTSP/1.0\r\nCSeq: 5\r\n{Session}\r\n";

    private static readonly string s_publishing =
        $"ANNOUNCE rtsp://host:8554/front RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: {Sdp.Length}\r\n\r\n{Sdp}"
        + "SETUP rtsp://host:8554/front/streamid=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP;unicast;client_port=5000-5001;mode=record\r\n\r\n"
        + $"RECORD rtsp://host:8554/front RTSP/1.0\r\nCSeq: 3\r\n{Session}\r\n";

    private static readonly string s_camera =
        "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"abc\", qop=\"auth\", algorithm=SHA-256\r\n\r\n"
        + $"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Base: rtsp://192.0.2.1/front/\r\nContent-Type: application/sdp\r\nContent-Length: {Sdp.Length}\r\n\r\n{Sdp}"
        + "RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 42;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=DEADBEEF\r\n\r\n"
        + "RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 42\r\nRTP-Info: url=rtsp://192.0.2.1/front/streamid=0;seq=1;rtptime=2\r\n\r\n$\x00\x00\x04abcd";

    private static readonly byte[][] s_words =
    [
        .. "\r\n|\r\n\r\n|Content-Length: |CSeq: |4294967296|-1|Transport: |;|=|,|RTSP/1.0|Session: |$\x00"
            .Split('|')
            .Select(Encoding.Latin1.GetBytes),
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("rtsp-parser", [.. Bytes(s_reading, s_publishing, s_camera)], Parse) { Words = s_words, Room = 64 * 1024 },
        new("rtsp-server", [.. Bytes(s_reading, s_publishing)], Serve)
        {
            Words = s_words,
            Room = 128 * 1024,
            Factor = AnswersEach,
        },
        new("rtsp-client", [.. Bytes(s_camera)], RunClient)
        {
            Words = s_words,
            Room = 256 * 1024,
            Factor = AnswersEach,
        },
        new(
            "rtsp-transport",
            [
                .. Bytes(
                    "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001;ssrc=DEADBEEF;source=192.0.2.1,RTP/AVP/TCP;interleaved=0-1"
                ),
            ],
            bytes => RtspTransport.TryParse(Encoding.Latin1.GetString(bytes), out _)
        )
        {
            Words = s_words,
        },
        new(
            "rtsp-rtp-info",
            [.. Bytes("url=rtsp://a/b;seq=1;rtptime=2,url=c;seq=3")],
            bytes => RtspRtpInfo.Parse(Encoding.Latin1.GetString(bytes))
        )
        {
            Words = s_words,
        },
    ];

    private static void Parse(ReadOnlySpan<byte> input)
    {
        var parser = new RtspParser();
        // Pieces of every size, as a connection brings them.
        for (var (at, size) = (0, 1); at < input.Length; at += size, size = size * 3 % 1021 + 1)
        {
            size = Math.Min(size, input.Length - at);
            parser.Append(input.Slice(at, size));
            for (var token = parser.Read(); token != RtspToken.None; token = parser.Read())
            {
                if (token == RtspToken.Error)
                {
                    return;
                }
            }
        }
    }

    private static void Serve(ReadOnlySpan<byte> input)
    {
        var server = new RtspServer(new RtspServerOptions("0123456789ABCDEF"), default);
        Span<byte> buffer = stackalloc byte[512];
        for (var at = 0; at < input.Length; at += 97)
        {
            server.Receive(input.Slice(at, Math.Min(97, input.Length - at)), TimeSpan.FromMilliseconds(at));
            while (server.TryRead(out var e))
            {
                if (!server.IsWaiting)
                {
                    continue;
                }
                switch (e.Kind)
                {
                    case RtspServerEventKind.Describe:
                        SessionDescription.TryParse("v=0\r\nm=video 0 RTP/AVP 96\r\n", out var description, out _);
                        server.AcceptDescribe(description);
                        break;
                    case RtspServerEventKind.Setup:
                        server.AcceptSetup((6000, 6001), 1);
                        break;
                    case RtspServerEventKind.Play:
                        server.AcceptPlay([]);
                        break;
                    default:
                        server.Accept();
                        break;
                }
            }
            while (server.TryTransmit(buffer, out _)) { }
        }
        server.Tick(TimeSpan.FromMinutes(5));
        while (server.TryRead(out _)) { }
    }

    private static void RunClient(ReadOnlySpan<byte> input)
    {
        var options = new RtspClientOptions(new Uri("rtsp://192.0.2.1/front"));
        var client = new RtspClient(options, new RtspAuthenticator(new RtspCredentials("a", "b"), new Random(1)));
        Span<byte> buffer = stackalloc byte[512];
        client.Start(default);
        for (var at = 0; at < input.Length; at += 131)
        {
            var now = TimeSpan.FromMilliseconds(at);
            client.Receive(input.Slice(at, Math.Min(131, input.Length - at)), now);
            while (client.TryRead(out var e))
            {
                if (e.Kind == RtspEventKind.Described && client.Description is { Media.Count: > 0 } description)
                {
                    client.Setup([.. description.Media.Take(4).Select((_, i) => new RtspSetup(i, null))], now);
                }
            }
            while (client.TryTransmit(buffer, out _)) { }
        }
        client.Tick(TimeSpan.FromMinutes(5));
    }

    private static IEnumerable<byte[]> Bytes(params string[] texts) => texts.Select(Encoding.Latin1.GetBytes);
}
