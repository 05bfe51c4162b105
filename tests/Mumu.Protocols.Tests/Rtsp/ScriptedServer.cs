// An RTSP server made of a function: request in, bytes out, in pieces of any size.
using System.Text;
using Mumu.Protocols.Rtsp;

namespace Mumu.Protocols.Tests.Rtsp;

/// <summary>A request as the server saw it.</summary>
internal sealed record Request(string Method, string Uri, string Text)
{
    internal string CSeq => Header("CSeq") ?? "";

    internal string? Header(string name) =>
        Text.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];

    /// <summary>A response with this request's number.</summary>
    internal string Reply(string status = "200 OK", string headers = "", string body = "") =>
        $"RTSP/1.0 {status}\r\nCSeq: {CSeq}\r\n{headers}{(body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "")}\r\n{body}";
}

internal sealed class ScriptedServer
{
    internal const string Sdp =
        "v=0\r\ns=x\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\nm=audio 0 RTP/AVP 8\r\na=control:trackID=1\r\n";

    private readonly Func<Request, string?> _answer;
    private readonly int _piece;
    private string _input = "";

    internal ScriptedServer(
        Func<Request, string?> answer,
        RtspCredentials? credentials = null,
        int piece = int.MaxValue,
        string uri = "rtsp://cam.local/live"
    )
    {
        _answer = answer;
        _piece = piece;
        Client = new RtspClient(new RtspClientOptions(new Uri(uri)), new RtspAuthenticator(credentials, new Random(1)));
        Client.Start(default);
    }

    internal RtspClient Client { get; }

    internal TimeSpan Now { get; set; }

    internal List<Request> Requests { get; } = [];

    internal List<string> Events { get; } = [];

    internal RtspEnd? End { get; private set; }

    internal List<byte[]> Sent { get; } = [];

    /// <summary>How the driver chooses: over TCP both tracks unless told otherwise.</summary>
    internal Func<RtspEventKind, RtspSetup[]> Choose { get; set; } = _ => [new(0, null), new(1, null)];

    /// <summary>The answers of a server that does everything right.</summary>
    internal static string? Good(Request request) =>
        request.Method switch
        {
            "OPTIONS" => request.Reply(headers: "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n"),
            "DESCRIBE" => request.Reply(headers: "Content-Base: rtsp://cam.local/live/\r\n", body: Sdp),
            "SETUP" => request.Reply(headers: $"Session: 42;timeout=30\r\nTransport: {request.Header("Transport")};ssrc=0000000A\r\n"),
            "PLAY" => request.Reply(
                headers: "RTP-Info: url=rtsp://cam.local/live/trackID=0;seq=5;rtptime=1000,url=rtsp://cam.local/live/trackID=1;seq=9;rtptime=2000\r\n"
            ),
            _ => request.Reply(),
        };

    /// <summary>Runs until both sides are silent.</summary>
    internal ScriptedServer Run()
    {
        var buffer = new byte[100];
        Read();
        for (var isBusy = true; isBusy; )
        {
            isBusy = false;
            while (Client.TryTransmit(buffer, out var length))
            {
                Sent.Add(buffer[..length]);
                _input += Encoding.Latin1.GetString(buffer, 0, length);
            }
            while (_input.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end)
            {
                var text = _input[..(end + 2)];
                _input = _input[(end + 4)..];
                var words = text.Split(' ', 3);
                var request = new Request(words[0], words[1], text);
                Requests.Add(request);
                if (_answer(request) is { } answer)
                {
                    Deliver(Encoding.Latin1.GetBytes(answer));
                }
                isBusy = true;
            }
        }
        return this;
    }

    internal void Deliver(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += Math.Min(_piece, bytes.Length - at))
        {
            Client.Receive(bytes.AsSpan(at, Math.Min(_piece, bytes.Length - at)), Now);
            Read();
        }
    }

    internal void Advance(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        Client.Tick(Now);
        Run();
    }

    private void Read()
    {
        while (Client.TryRead(out var e))
        {
            Events.Add(
                e.Kind == RtspEventKind.Interleaved ? $"{e.Channel}:{Convert.ToHexString(e.Payload)}"
                : e.Kind == RtspEventKind.Redirected ? $"Redirected {e.Location}"
                : e.Kind.ToString()
            );
            End ??= e.End;
            if (e.Kind is RtspEventKind.Described or RtspEventKind.TransportRefused)
            {
                RtspSetup[] setups = [.. Choose(e.Kind).Where(setup => setup.Media < Client.Description?.Media.Count)];
                if (setups.Length > 0)
                {
                    Client.Setup(setups, Now);
                }
            }
        }
    }
}
