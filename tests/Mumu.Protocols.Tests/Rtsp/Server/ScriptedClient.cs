// A client made of text: requests in pieces of any size, responses as they come.
using System.Text;
using Mumu.Protocols.Rtsp.Server;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.Tests.Rtsp.Server;

/// <summary>Plays the driver of a server's core too: answers what it asks as a good driver would.</summary>
internal sealed class ScriptedClient
{
    internal const string Announced =
        "v=0\r\ns=x\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:streamid=0\r\nm=audio 0 RTP/AVP 8\r\na=control:streamid=1\r\n";

    private readonly int _piece;
    private readonly StringBuilder _output = new();

    internal ScriptedClient(int piece = int.MaxValue, RtspServerOptions? options = null)
    {
        _piece = piece;
        Server = new RtspServer(options ?? new RtspServerOptions("0123456789ABCDEF"), default);
    }

    internal RtspServer Server { get; }

    internal TimeSpan Now { get; set; }

    internal List<string> Events { get; } = [];

    /// <summary>Refuses what the driver is asked; 0 lets it pass.</summary>
    internal Func<RtspServerEventKind, int> Refusal { get; set; } = _ => 0;

    /// <summary>Everything the server has said since it was last taken.</summary>
    internal string TakeOutput()
    {
        var text = _output.ToString();
        _output.Clear();
        return text;
    }

    /// <summary>Sends a request and gives what came back.</summary>
    internal string Ask(string method, string headers = "", string body = "", string uri = "rtsp://host:8554/front", int number = 7)
    {
        var length = body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "";
        Send($"{method} {uri} RTSP/1.0\r\nCSeq: {number}\r\n{headers}{length}\r\n{body}");
        return TakeOutput();
    }

    internal static int StatusOf(string response) =>
        response.StartsWith("RTSP/1.0 ", StringComparison.Ordinal)
            ? int.Parse(response.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture)
            : 0;

    internal void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    internal void Send(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += Math.Min(_piece, bytes.Length - at))
        {
            Server.Receive(bytes.AsSpan(at, Math.Min(_piece, bytes.Length - at)), Now);
            Drain();
        }
    }

    internal void Tick()
    {
        Server.Tick(Now);
        Drain();
    }

    internal void Drain()
    {
        while (Server.TryRead(out var e))
        {
            Events.Add(
                e.Kind switch
                {
                    RtspServerEventKind.Interleaved => $"{e.Channel}:{e.Payload.Length}",
                    RtspServerEventKind.Setup =>
                        $"Setup {e.Path} {e.Track} {(e.Transport.IsTcp ? "tcp" : "udp")} {e.Transport.First}-{e.Transport.Second}",
                    RtspServerEventKind.Ended => $"Ended {e.Reason}",
                    RtspServerEventKind.Describe or RtspServerEventKind.Announce => $"{e.Kind} {e.Path}",
                    _ => $"{e.Kind}",
                }
            );
            if (Server.IsWaiting)
            {
                Answer(e.Kind);
            }
        }
        var buffer = new byte[100];
        while (Server.TryTransmit(buffer, out var length))
        {
            _output.Append(Encoding.UTF8.GetString(buffer, 0, length));
        }
    }

    private void Answer(RtspServerEventKind kind)
    {
        if (Refusal(kind) is > 0 and var status)
        {
            Server.Refuse(status);
            return;
        }
        switch (kind)
        {
            case RtspServerEventKind.Describe:
                Assert.True(
                    SessionDescription.TryParse("v=0\r\ns=x\r\nm=video 0 RTP/AVP 96\r\nm=audio 0 RTP/AVP 8\r\n", out var sdp, out _)
                );
                Server.AcceptDescribe(sdp);
                break;
            case RtspServerEventKind.Setup:
                Server.AcceptSetup((8050, 8051), 0xABCD);
                break;
            case RtspServerEventKind.Play:
                Server.AcceptPlay([(0, 17, 1234), (1, 3, 99)]);
                break;
            default:
                Server.Accept();
                break;
        }
    }
}
