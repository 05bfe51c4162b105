// The RTSP client against servers that behave, and against those that don't.
using Mumu.Protocols.Rtsp;

namespace Mumu.Protocols.Tests.Rtsp;

public sealed class RtspClientTests
{
    private static string[] Methods(ScriptedServer server) => [.. server.Requests.Select(request => request.Method)];

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(7)]
    public void A_session_goes_from_options_to_playing(int piece)
    {
        var server = new ScriptedServer(ScriptedServer.Good, piece: piece).Run();
        Assert.Equal(["OPTIONS", "DESCRIBE", "SETUP", "SETUP", "PLAY"], Methods(server));
        Assert.Equal(
            [
                "rtsp://cam.local/live",
                "rtsp://cam.local/live",
                "rtsp://cam.local/live/trackID=0",
                "rtsp://cam.local/live/trackID=1",
                "rtsp://cam.local/live/",
            ],
            server.Requests.Select(request => request.Uri)
        );
        Assert.Equal([null, null, null, "42", "42"], server.Requests.Select(request => request.Header("Session")));
        Assert.Equal(["1", "2", "3", "4", "5"], server.Requests.Select(request => request.CSeq));
        Assert.Equal("RTP/AVP/TCP;unicast;interleaved=2-3", server.Requests[3].Header("Transport"));
        Assert.Equal(["Described", "Playing"], server.Events);
        Assert.Equal([0, 2], server.Client.Transports.Select(transport => transport.Channel));
        Assert.Equal(10u, server.Client.Transports[0].Ssrc);
        Assert.Equal(2000u, RtspRtpInfo.Find(server.Client.RtpInfo, server.Client.ControlOf(1), 1, 2)?.RtpTime);
    }

    [Fact]
    public void Interleaved_packets_come_through_even_before_the_answer_to_play()
    {
        var server = new ScriptedServer(
            request => (request.Method == "PLAY" ? "$\0\0\u0002ab$\u0001\0\u0001c" : "") + ScriptedServer.Good(request),
            piece: 1
        ).Run();
        server.Deliver([(byte)'$', 2, 0, 1, 0xFF]);
        Assert.Equal(["Described", "0:6162", "1:63", "Playing", "2:FF"], server.Events);
    }

    [Fact]
    public void Udp_ports_are_asked_for_and_the_servers_are_told()
    {
        var server = new ScriptedServer(request =>
            request.Method == "SETUP"
                ? request.Reply(
                    headers: $"Session: 1\r\nTransport: {request.Header("Transport")};server_port=6000-6001;source=10.0.0.9\r\n"
                )
                : ScriptedServer.Good(request)
        )
        {
            Choose = _ => [new(0, 5000)],
        }.Run();
        Assert.Equal("RTP/AVP;unicast;client_port=5000-5001", server.Requests[2].Header("Transport"));
        Assert.Equal(new RtspTransport(null, 6000, 6001, "10.0.0.9", null), server.Client.Transports[0]);
    }

    [Fact]
    public void A_refused_transport_is_told_and_another_may_be_tried()
    {
        var server = new ScriptedServer(request =>
            request.Header("Transport")?.Contains("client_port") == true
                ? request.Reply("461 Unsupported Transport")
                : ScriptedServer.Good(request)
        )
        {
            Choose = kind => kind == RtspEventKind.Described ? [new(0, 5000)] : [new(0, null)],
        }.Run();
        Assert.Equal(["Described", "TransportRefused", "Playing"], server.Events);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Sloppy_answers_are_understood(string newline)
    {
        // Lower-case names, blanks around colons, no Content-Base, no RTP-Info, no Transport, wrong numbers.
        var server = new ScriptedServer(request =>
        {
            var head = request.Method switch
            {
                "OPTIONS" => "RTSP/1.0 200 OK\r\ncseq: 99\r\n\r\n",
                "DESCRIBE" => $"RTSP/1.0 200 OK\r\ncontent-type : application/sdp\r\ncontent-length:{ScriptedServer.Sdp.Length}\r\n\r\n",
                "SETUP" => "RTSP/1.0 200 OK\r\nCSeq: x\r\nsession:  7 ; Timeout = 10 \r\n\r\n",
                _ => "RTSP/1.0 200\r\nCSeq: 0\r\n\r\n",
            };
            return head.Replace("\r\n", newline) + (request.Method == "DESCRIBE" ? ScriptedServer.Sdp : "");
        }).Run();
        Assert.Equal(["Described", "Playing"], server.Events);
        Assert.Equal("rtsp://cam.local/live/trackID=0", server.Requests[2].Uri);
        Assert.Equal("rtsp://cam.local/live", server.Requests[4].Uri);
        Assert.Equal("7", server.Requests[4].Header("Session"));
        Assert.Equal([0, 2], server.Client.Transports.Select(transport => transport.Channel));
        Assert.Equal(TimeSpan.FromSeconds(5), server.Client.NextDeadline);
    }

    [Fact]
    public void Bytes_that_belong_to_nothing_are_passed_over()
    {
        var server = new ScriptedServer(request => "\r\n\0junk \u0001\u0002$x" + ScriptedServer.Good(request), piece: 3).Run();
        server.Deliver([1, 2, 3, (byte)'$', 0, 0, 12, 0x80, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal(["Described", "Playing", "0:806000000000000000000000"], server.Events);
        Assert.True(server.Client.Junk > 0);
    }

    [Theory]
    [InlineData("404 Not Found", RtspEndReason.NotFound)]
    [InlineData("500 Oops\u0001", RtspEndReason.Refused)]
    [InlineData("453 Not Enough Bandwidth", RtspEndReason.Refused)]
    public void A_refusal_ends_the_session_with_a_sentence(string status, RtspEndReason reason)
    {
        var server = new ScriptedServer(request =>
            request.Method == "DESCRIBE" ? request.Reply(status) : ScriptedServer.Good(request)
        ).Run();
        Assert.Equal(reason, server.End?.Reason);
        Assert.EndsWith(".", server.End?.Message);
        Assert.DoesNotContain("\u0001", server.End?.Message);
        Assert.Null(server.Client.NextDeadline);
    }

    [Fact]
    public void A_camera_that_does_not_know_options_or_ranges_still_plays()
    {
        var server = new ScriptedServer(request =>
            request.Method == "OPTIONS" ? request.Reply("501 Not Implemented")
            : request.Header("Range") is not null ? request.Reply("457 Invalid Range")
            : ScriptedServer.Good(request)
        ).Run();
        Assert.Equal("Playing", server.Events[^1]);
    }

    [Fact]
    public void A_redirect_is_told_unless_it_leads_to_another_protocol()
    {
        var server = new ScriptedServer(request => request.Reply("302 Moved", "Location: rtsp://other:8554/x\r\n")).Run();
        Assert.Equal(["Redirected rtsp://other:8554/x"], server.Events);
        foreach (var location in (string[])["http://other/", "rtsps://other/", "nonsense", ""])
        {
            server = new ScriptedServer(request => request.Reply("301 Moved", $"Location: {location}\r\n")).Run();
            Assert.Equal(RtspEndReason.Protocol, server.End?.Reason);
        }
    }

    [Fact]
    public void The_session_is_kept_alive_at_half_its_time_out()
    {
        var server = new ScriptedServer(ScriptedServer.Good).Run();
        Assert.Equal(TimeSpan.FromSeconds(15), server.Client.NextDeadline);
        server.Advance(14);
        Assert.Equal(5, server.Requests.Count);
        server.Advance(1);
        Assert.Equal(("GET_PARAMETER", "42"), (server.Requests[^1].Method, server.Requests[^1].Header("Session")));
        Assert.Equal(TimeSpan.FromSeconds(30), server.Client.NextDeadline);
        Assert.Equal("Playing", server.Events[^1]);
    }

    [Fact]
    public void An_unanswered_keep_alive_does_not_end_what_plays_and_its_late_answer_confuses_nothing()
    {
        var held = new List<string>();
        var server = new ScriptedServer(request =>
        {
            if (request.Method != "GET_PARAMETER")
            {
                return ScriptedServer.Good(request);
            }
            held.Add(request.Reply("454 Session Not Found"));
            return null;
        }).Run();
        server.Advance(15);
        server.Advance(10);
        server.Advance(5);
        server.Deliver(System.Text.Encoding.ASCII.GetBytes(held[0]));
        Assert.Null(server.End);
        server.Deliver(System.Text.Encoding.ASCII.GetBytes(held[1]));
        Assert.Equal(RtspEndReason.Closed, server.End?.Reason);
    }

    [Fact]
    public void A_camera_that_refuses_get_parameter_is_asked_for_options()
    {
        var server = new ScriptedServer(request =>
            request.Method == "GET_PARAMETER" ? request.Reply("405 No") : ScriptedServer.Good(request)
        ).Run();
        server.Advance(15);
        server.Advance(15);
        Assert.Equal(["GET_PARAMETER", "OPTIONS"], Methods(server)[^2..]);
        Assert.Null(server.End);
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("DESCRIBE")]
    [InlineData("SETUP")]
    [InlineData("PLAY")]
    public void Silence_ends_the_session_after_the_request_time_out(string method)
    {
        var server = new ScriptedServer(request => request.Method == method ? null : ScriptedServer.Good(request)).Run();
        server.Advance(9.9);
        Assert.Null(server.End);
        server.Advance(0.1);
        Assert.Equal(RtspEndReason.Timeout, server.End?.Reason);
        Assert.Contains(method, server.End?.Message);
    }

    [Fact]
    public void A_teardown_ends_the_session_with_or_without_an_answer()
    {
        foreach (var isAnswered in (bool[])[true, false])
        {
            var server = new ScriptedServer(request =>
                request.Method == "TEARDOWN" && !isAnswered ? null : ScriptedServer.Good(request)
            ).Run();
            server.Client.Teardown(server.Now);
            server.Run();
            Assert.Equal("TEARDOWN", server.Requests[^1].Method);
            Assert.Equal(isAnswered, server.End is not null);
            server.Advance(10);
            Assert.Equal(RtspEndReason.TornDown, server.End?.Reason);
        }
    }

    [Fact]
    public void Requests_of_the_server_are_answered()
    {
        var server = new ScriptedServer(ScriptedServer.Good).Run();
        server.Deliver(
            "OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\nANNOUNCE rtsp://x RTSP/1.0\r\nCSeq: 78\r\nContent-Length: 2\r\n\r\nab"u8.ToArray()
        );
        server.Sent.Clear();
        server.Run();
        var sent = System.Text.Encoding.ASCII.GetString([.. server.Sent.SelectMany(bytes => bytes)]);
        Assert.Equal("RTSP/1.0 200 OK\r\nCSeq: 77\r\n\r\nRTSP/1.0 501 Not Implemented\r\nCSeq: 78\r\n\r\n", sent);
    }

    [Fact]
    public void Reports_travel_interleaved_and_never_pile_up()
    {
        var server = new ScriptedServer(ScriptedServer.Good).Run();
        Assert.True(server.Client.SendInterleaved(1, [1, 2]));
        var buffer = new byte[10];
        Assert.True(server.Client.TryTransmit(buffer, out var length));
        Assert.Equal([(byte)'$', 1, 0, 2, 1, 2], buffer[..length]);
        var sent = 0;
        while (server.Client.SendInterleaved(1, new byte[1_000]))
        {
            sent++;
        }
        Assert.InRange(sent, 10, 70);
    }

    [Fact]
    public void Endless_heads_bodies_and_junk_end_the_session()
    {
        foreach (
            var flood in (string[])
                [
                    "RTSP/1.0 200 OK\r\nA: " + new string('x', 40_000),
                    "RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
                    "RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
                    new string('\u0001', 300_000),
                ]
        )
        {
            var server = new ScriptedServer(_ => flood).Run();
            Assert.Equal(RtspEndReason.Protocol, server.End?.Reason);
        }
    }

    [Fact]
    public void A_description_that_is_none_ends_the_session()
    {
        var server = new ScriptedServer(request =>
            request.Method == "DESCRIBE" ? request.Reply(body: "<html>") : ScriptedServer.Good(request)
        ).Run();
        Assert.Equal(RtspEndReason.Protocol, server.End?.Reason);
    }

    [Fact]
    public void Damaged_and_cut_answers_never_throw()
    {
        var random = new Random(6);
        for (var round = 0; round < 3_000; round++)
        {
            var server = new ScriptedServer(
                request =>
                {
                    var answer = (ScriptedServer.Good(request) + "$\0\0\u0002ab").ToCharArray();
                    for (var flips = random.Next(4); flips > 0; flips--)
                    {
                        answer[random.Next(answer.Length)] = (char)random.Next(256);
                    }
                    return new string(answer, 0, random.Next(8) == 0 ? random.Next(answer.Length) : answer.Length);
                },
                piece: random.Next(1, 60)
            ).Run();
            server.Advance(20);
        }
    }

    [Fact]
    public void Cut_at_every_length_the_session_waits_and_then_ends()
    {
        var full = ScriptedServer.Good(new Request("DESCRIBE", "", "\r\nCSeq: 2\r\n"))!;
        for (var length = 0; length < full.Length; length++)
        {
            var server = new ScriptedServer(request => request.Method == "DESCRIBE" ? full[..length] : ScriptedServer.Good(request)).Run();
            Assert.Empty(server.Events);
            server.Client.ConnectionClosed();
            server.Run();
            Assert.Equal(RtspEndReason.Closed, server.End?.Reason);
        }
    }
}
