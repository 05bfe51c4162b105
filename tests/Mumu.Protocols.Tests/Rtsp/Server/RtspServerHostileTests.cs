// The server's core against clients that do it wrong, by mistake or on purpose.
using System.Text;
using Mumu.Protocols.Rtsp.Server;
using Mumu.Protocols.Tests.Rtp;

namespace Mumu.Protocols.Tests.Rtsp.Server;

public sealed class RtspServerHostileTests
{
    private const string Session = "Session: 0123456789ABCDEF\r\n";
    private const string Tcp = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n";
    private static readonly string[] s_methods =
    [
        "OPTIONS",
        "DESCRIBE",
        "ANNOUNCE",
        "SETUP",
        "PLAY",
        "PAUSE",
        "RECORD",
        "GET_PARAMETER",
        "SET_PARAMETER",
        "TEARDOWN",
        "REDIRECT",
        "FOO",
    ];

    [Fact]
    public void Every_order_of_methods_gets_one_clean_answer_each()
    {
        foreach (var first in s_methods)
        {
            foreach (var second in s_methods)
            {
                foreach (var third in s_methods)
                {
                    var client = new ScriptedClient();
                    foreach (var method in new[] { first, second, third })
                    {
                        var headers =
                            method == "SETUP" ? Session + Tcp
                            : method is "DESCRIBE" or "OPTIONS" or "ANNOUNCE" ? ""
                            : Session;
                        headers = method == "SETUP" && client.Events.Count == 0 ? Tcp : headers;
                        var body = method == "ANNOUNCE" ? ScriptedClient.Announced : "";
                        var uri = client.Events.Contains("Announce front") ? "rtsp://host:8554/front/streamid=0" : "rtsp://host:8554/front";
                        var answer = client.Ask(method, headers, body, uri);
                        Assert.True(ScriptedClient.StatusOf(answer) >= 200, $"{first} {second} {third}: {answer}");
                        Assert.Equal(1, answer.Split("RTSP/1.0 ").Length - 1);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(128, 200)]
    [InlineData(129, 400)]
    public void More_headers_than_anyone_needs_end_the_connection(int count, int status)
    {
        var client = new ScriptedClient();
        var headers = string.Concat(Enumerable.Range(0, count - 1).Select(i => $"X-{i}: a\r\n")); // one is CSeq
        Assert.Equal(status, ScriptedClient.StatusOf(client.Ask("OPTIONS", headers)));
        Assert.Equal(status == 400, client.Events.Exists(e => e.StartsWith("Ended", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("SETUP", Tcp, 455)] // twice the same track
    [InlineData("SETUP", "Session: 0000000000000000\r\n" + Tcp, 454)]
    [InlineData("PLAY", "", 454)]
    [InlineData("PLAY", "Session: FEDCBA\r\n", 454)]
    [InlineData("RECORD", Session, 455)]
    [InlineData("ANNOUNCE", "", 455)]
    [InlineData("PAUSE", Session, 200)]
    [InlineData("FOO", "", 501)]
    [InlineData("DESCRIBE", "Require: www.onvif.org/ver20/backchannel\r\n", 551)]
    [InlineData("DESCRIBE", "Accept: text/html\r\n", 406)]
    [InlineData("TEARDOWN", "", 454)]
    public void A_session_that_is_ready_refuses_what_does_not_fit(string method, string headers, int status)
    {
        var client = new ScriptedClient();
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("SETUP", Tcp, uri: "rtsp://host:8554/front/trackID=0")));
        var uri = method == "SETUP" ? "rtsp://host:8554/front/trackID=0" : "rtsp://host:8554/front";
        Assert.Equal(
            status,
            ScriptedClient.StatusOf(client.Ask(method, headers, method == "ANNOUNCE" ? ScriptedClient.Announced : "", uri))
        );
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("PLAY", Session)));
    }

    [Theory]
    [InlineData("RTP/AVP;unicast;client_port=0-1")]
    [InlineData("RTP/AVP;unicast;client_port=5000-0")]
    [InlineData("RTP/AVP;unicast;client_port=5000-5000")]
    [InlineData("RTP/AVP;unicast;client_port=65535")]
    [InlineData("RTP/AVP;unicast;client_port=-1")]
    [InlineData("RTP/AVP;unicast;client_port=4294967297-4294967298")]
    [InlineData("RTP/AVP;unicast")]
    [InlineData("RTP/AVP;multicast;client_port=5000-5001")]
    [InlineData("RTP/AVP/TCP;interleaved=256-257")]
    [InlineData("RTP/AVP/TCP;interleaved=-1-0")]
    [InlineData("RTP/SAVP;unicast;client_port=5000-5001")]
    [InlineData("")]
    [InlineData("nonsense")]
    public void Transports_that_lead_nowhere_are_refused(string transport)
    {
        var client = new ScriptedClient();
        Assert.Equal(461, ScriptedClient.StatusOf(client.Ask("SETUP", $"Transport: {transport}\r\n")));
        Assert.Empty(client.Events);
    }

    [Fact]
    public void The_first_allowed_transport_of_many_is_taken()
    {
        var client = new ScriptedClient(options: new RtspServerOptions("0123456789ABCDEF") { AllowsUdp = false });
        client.Ask("SETUP", "Transport: RTP/AVP;multicast,RTP/AVP;unicast;client_port=5000-5001,RTP/AVP/TCP;unicast;interleaved=4-5\r\n");
        Assert.Equal(["Setup front 0 tcp 4-5"], client.Events);
    }

    [Theory]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 4294967296")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 70000")]
    [InlineData("Content-Length: x")]
    public void Lengths_that_can_not_be_end_the_connection(string header)
    {
        var client = new ScriptedClient();
        client.Send($"ANNOUNCE rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\n{header}\r\n\r\nbody");
        Assert.Equal(400, ScriptedClient.StatusOf(client.TakeOutput()));
        Assert.StartsWith("Ended", client.Events.Single(), StringComparison.Ordinal);
        client.Send("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n");
        Assert.Equal("", client.TakeOutput());
    }

    [Fact]
    public void Folded_headers_are_one()
    {
        var client = new ScriptedClient();
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("SETUP", "Transport: RTP/AVP/TCP;\r\n\t unicast;interleaved=6-7\r\n")));
        Assert.Equal(["Setup front 0 tcp 6-7"], client.Events);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001")]
    [InlineData("OPTIONS * RTSP/1.0\rCSeq: 1\r\r")]
    public void What_is_not_rtsp_ends_the_connection(string text)
    {
        var client = new ScriptedClient();
        client.Send(text + new string('x', 40_000));
        Assert.StartsWith("Ended", client.Events.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPTIONS * RTSP/2.0\r\nCSeq: 1\r\n\r\n", 505)]
    [InlineData("OPTIONS * RTSP/1.0\r\n\r\n", 400)]
    [InlineData("OPTIONS * RTSP/1.0\r\nCSeq: -1\r\n\r\n", 400)]
    [InlineData("DESCRIBE http://h/a RTSP/1.0\r\nCSeq: 1\r\n\r\n", 400)]
    [InlineData("DESCRIBE * RTSP/1.0\r\nCSeq: 1\r\n\r\n", 400)]
    [InlineData("SETUP rtsp://h/a/trackID=-1 RTSP/1.0\r\nCSeq: 1\r\n\r\n", 400)]
    [InlineData("SETUP rtsp://h/a/trackID=4294967296 RTSP/1.0\r\nCSeq: 1\r\n\r\n", 400)]
    [InlineData("ANNOUNCE rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 3\r\n\r\nv=1", 400)]
    [InlineData("ANNOUNCE rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\nContent-Type: text/plain\r\n\r\n", 415)]
    public void Requests_that_can_not_be_get_their_status(string text, int status)
    {
        var client = new ScriptedClient();
        client.Send(text);
        Assert.Equal(status, ScriptedClient.StatusOf(client.TakeOutput()));
    }

    [Fact]
    public void Paths_are_handed_on_as_they_stand()
    {
        var client = new ScriptedClient();
        client.Ask("DESCRIBE", uri: "rtsp://u:p@host/a/%2e%2e/b?token=1");
        client.Ask("DESCRIBE", uri: "rtsp://host");
        client.Ask("DESCRIBE", uri: "rtsps://host/../x");
        Assert.Equal(["Describe a/%2e%2e/b", "Describe ", "Describe ../x"], client.Events);
    }

    [Fact]
    public void Silence_ends_the_connection_sooner_without_a_session()
    {
        var client = new ScriptedClient { Now = TimeSpan.FromSeconds(9) };
        client.Tick();
        client.Ask("OPTIONS");
        client.Now = TimeSpan.FromSeconds(18);
        client.Tick();
        Assert.Empty(client.Events);
        client.Now = TimeSpan.FromSeconds(19);
        client.Tick();
        Assert.StartsWith("Ended", client.Events.Single(), StringComparison.Ordinal);
        Assert.Equal(408, ScriptedClient.StatusOf(client.TakeOutput()));
        Assert.Null(client.Server.NextDeadline);
    }

    [Fact]
    public void Requests_alone_do_not_hold_a_connection()
    {
        var client = new ScriptedClient();
        for (var second = 0; second < 30; second += 5)
        {
            client.Now = TimeSpan.FromSeconds(second);
            client.Tick();
            client.Ask("OPTIONS");
        }
        client.Now = TimeSpan.FromSeconds(30);
        client.Tick();
        Assert.StartsWith("Ended", client.Events.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_lives_on_signs_of_life()
    {
        var client = new ScriptedClient();
        client.Ask("SETUP", Tcp);
        client.Ask("PLAY", Session);
        client.Now = TimeSpan.FromSeconds(59);
        client.Tick();
        client.Server.NoteAlive(client.Now);
        client.Now = TimeSpan.FromSeconds(118);
        client.Tick();
        client.Ask("GET_PARAMETER", Session);
        client.Now = TimeSpan.FromSeconds(177);
        client.Tick();
        Assert.True(client.Server.IsPlaying);
        Assert.DoesNotContain(client.Events, e => e.StartsWith("Ended", StringComparison.Ordinal));
        client.Now = TimeSpan.FromSeconds(178);
        client.Tick();
        Assert.StartsWith("Ended", client.Events.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_conversations_never_throw()
    {
        var talk = Encoding.UTF8.GetBytes(
            "DESCRIBE rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\nAuthorization: Basic YTpi\r\n\r\n"
                + $"ANNOUNCE rtsp://h/a RTSP/1.0\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: {ScriptedClient.Announced.Length}\r\n\r\n{ScriptedClient.Announced}"
                + "SETUP rtsp://h/a/streamid=0 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n\r\n"
                + "RECORD rtsp://h/a RTSP/1.0\r\nCSeq: 4\r\nSession: 0123456789ABCDEF\r\n\r\n$\0\0\u0004abcd"
                + "TEARDOWN rtsp://h/a RTSP/1.0\r\nCSeq: 5\r\nSession: 0123456789ABCDEF\r\n\r\n"
        );
        var random = new Random(4711);
        foreach (var bytes in Mutations.Of(talk, count: 20_000))
        {
            new ScriptedClient(piece: 1 + random.Next(200)).Send(bytes);
        }
    }
}
