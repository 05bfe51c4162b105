// The server's core against a scripted client.
using Mumu.Protocols.Rtsp.Server;

namespace Mumu.Protocols.Tests.Rtsp.Server;

public sealed class RtspServerTests
{
    private const string Session = "Session: 0123456789ABCDEF\r\n";
    private const string Tcp = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n";

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(7)]
    public void A_client_plays_over_tcp(int piece)
    {
        var client = new ScriptedClient(piece);
        Assert.Contains("Public: OPTIONS, DESCRIBE, ANNOUNCE", client.Ask("OPTIONS", uri: "*"), StringComparison.Ordinal);
        var described = client.Ask("DESCRIBE", "Accept: application/sdp\r\n", uri: "rtsp://host:8554/garden/north/?x=1");
        Assert.Equal(200, ScriptedClient.StatusOf(described));
        Assert.Contains("CSeq: 7\r\n", described, StringComparison.Ordinal);
        Assert.Contains("Content-Base: rtsp://host:8554/garden/north/\r\n", described, StringComparison.Ordinal);
        Assert.Contains("a=control:trackID=1\r\n", described, StringComparison.Ordinal);
        var set = client.Ask("SETUP", Tcp, uri: "rtsp://host:8554/garden/north/trackID=0");
        Assert.Contains("Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=0000ABCD\r\n", set, StringComparison.Ordinal);
        Assert.Contains("Session: 0123456789ABCDEF;timeout=60\r\n", set, StringComparison.Ordinal);
        client.Ask("SETUP", Session + "Transport: RTP/AVP/TCP;unicast\r\n", uri: "rtsp://host:8554/garden/north/trackID=1");
        var playing = client.Ask("PLAY", Session + "Range: npt=0-\r\n", uri: "rtsp://host:8554/garden/north/");
        Assert.Contains(
            "RTP-Info: url=rtsp://host:8554/garden/north/trackID=0;seq=17;rtptime=1234,url=rtsp://host:8554/garden/north/trackID=1;seq=3;rtptime=99\r\n",
            playing,
            StringComparison.Ordinal
        );
        Assert.True(client.Server.IsPlaying);
        client.Send([(byte)'$', 1, 0, 3, 9, 9, 9]);
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("GET_PARAMETER", Session)));
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("PAUSE", Session)));
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("PLAY", Session)));
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("TEARDOWN", Session)));
        Assert.Equal(
            [
                "Describe garden/north",
                "Setup garden/north 0 tcp 0-1",
                "Setup garden/north 1 tcp 2-3",
                "Play",
                "1:3",
                "Paused",
                "Play",
                "TornDown",
            ],
            client.Events
        );
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("SETUP", Tcp))); // and another session
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public void A_client_publishes(int piece)
    {
        var client = new ScriptedClient(piece);
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("ANNOUNCE", "Content-Type: application/sdp\r\n", ScriptedClient.Announced)));
        var udp = client.Ask(
            "SETUP",
            Session + "Transport: RTP/AVP/UDP;unicast;client_port=5000-5001;mode=record\r\n",
            uri: "rtsp://host:8554/front/streamid=0"
        );
        Assert.Contains("client_port=5000-5001;server_port=8050-8051;ssrc=0000ABCD;mode=record\r\n", udp, StringComparison.Ordinal);
        var mixed = client.Ask("SETUP", Session + Tcp, uri: "rtsp://host:8554/front/streamid=1");
        Assert.Equal(461, ScriptedClient.StatusOf(mixed));
        client.Ask("SETUP", Session + "Transport: RTP/AVP;unicast;client_port=5002\r\n", uri: "rtsp://host:8554/front/streamid=1");
        Assert.Equal(404, ScriptedClient.StatusOf(client.Ask("SETUP", Session + Tcp, uri: "rtsp://host:8554/front/streamid=9")));
        Assert.Equal(455, ScriptedClient.StatusOf(client.Ask("PLAY", Session)));
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("RECORD", Session)));
        Assert.Equal(455, ScriptedClient.StatusOf(client.Ask("RECORD", Session)));
        Assert.Equal(["Announce front", "Setup front 0 udp 5000-5001", "Setup front 1 udp 5002-5003", "Record"], client.Events);
    }

    [Fact]
    public void Refusals_reach_the_client_and_leave_the_connection()
    {
        var client = new ScriptedClient { Refusal = kind => kind == RtspServerEventKind.Describe ? 401 : 0 };
        var refused = client.Ask("DESCRIBE");
        Assert.Contains("401 Unauthorized\r\n", refused, StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate: Basic realm=", refused, StringComparison.Ordinal);
        client.Refusal = kind => kind == RtspServerEventKind.Announce ? 403 : 0;
        Assert.Equal(403, ScriptedClient.StatusOf(client.Ask("ANNOUNCE", "", ScriptedClient.Announced)));
        Assert.Equal(200, ScriptedClient.StatusOf(client.Ask("DESCRIBE")));
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_order()
    {
        var client = new ScriptedClient();
        client.Send(
            "DESCRIBE rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\n\r\nSETUP rtsp://h/a/trackID=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP\r\n\r\n"
                + "PLAY rtsp://h/a RTSP/1.0\r\nCSeq: 3\r\nSession: 0123456789ABCDEF\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 4\r\n\r\n"
        );
        var output = client.TakeOutput();
        int[] places = [.. Enumerable.Range(1, 4).Select(i => output.IndexOf($"CSeq: {i}\r\n", StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Nothing_is_read_while_the_driver_thinks()
    {
        var server = new RtspServer(new RtspServerOptions("0123456789ABCDEF"), default);
        server.Receive("DESCRIBE rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n"u8, default);
        Assert.True(server.TryRead(out var e));
        Assert.Equal(RtspServerEventKind.Describe, e.Kind);
        Assert.True(server.IsWaiting);
        Assert.False(server.TryRead(out _));
        Assert.False(server.TryTransmit(new byte[10], out _));
        Assert.Throws<InvalidOperationException>(() => server.AcceptSetup(default, null));
        server.Tick(TimeSpan.FromHours(1)); // our own slowness is not the client's
        Assert.True(server.IsWaiting);
        server.Refuse(404);
        Assert.False(server.TryRead(out _));
        Assert.False(server.IsWaiting);
    }
}
