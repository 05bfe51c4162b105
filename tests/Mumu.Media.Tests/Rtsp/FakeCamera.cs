// A camera in the test's own process: RTSP on a loopback port, pictures made up, manners to choose.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mumu.Media.Tests.Rtsp;

internal sealed class FakeCamera : IAsyncDisposable
{
    internal const string H264 =
        "v=0\r\ns=cam\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _tasks = [];
    private readonly Task _accepting;

    internal FakeCamera()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    internal int Port { get; }

    internal string Sdp { get; init; } = H264;

    /// <summary>"user:password" that it asks for by Basic, or null.</summary>
    internal string? Account { get; init; }

    internal bool ClosesWithChallenge { get; init; }

    internal bool RefusesTcp { get; init; }

    internal bool RefusesUdp { get; init; }

    internal bool IsDeaf { get; init; }

    internal X509Certificate2? Certificate { get; init; }

    /// <summary>Status that DESCRIBE is answered with instead of a description.</summary>
    internal string? Refusal { get; init; }

    internal Uri? RedirectsTo { get; set; }

    /// <summary>Pictures it sends before it falls silent.</summary>
    internal int Pictures { get; init; } = int.MaxValue;

    internal bool SaysGoodbye { get; init; }

    internal ConcurrentQueue<string> Methods { get; } = new();

    internal Uri Address(string userInfo = "") => new($"{(Certificate is null ? "rtsp" : "rtsps")}://{userInfo}127.0.0.1:{Port}/live");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_tasks);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _tasks.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var media = Task.CompletedTask;
        try
        {
            Stream stream = client.GetStream();
            if (Certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(Certificate);
                stream = tls;
            }
            using var sender = new FakeCameraSender(stream, Pictures, SaysGoodbye);
            var input = "";
            var buffer = new byte[4_096];
            while (true)
            {
                var length = await stream.ReadAsync(buffer, over.Token);
                if (length == 0 || IsDeaf)
                {
                    break;
                }
                input += Encoding.Latin1.GetString(buffer, 0, length);
                while (TryTakeRequest(ref input, out var request))
                {
                    var (reply, closes) = Answer(request, sender);
                    await sender.WriteAsync(Encoding.Latin1.GetBytes(reply), over.Token);
                    if (closes)
                    {
                        return;
                    }
                    if (request.StartsWith("PLAY", StringComparison.Ordinal))
                    {
                        media = sender.RunAsync(over.Token);
                    }
                }
            }
            while (IsDeaf)
            {
                await Task.Delay(Timeout.Infinite, over.Token);
            }
        }
        catch (Exception error)
            when (error is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client left, or the test is over.
        }
        finally
        {
            await over.CancelAsync();
            await media;
        }
    }

    // Receiver reports stand between requests on the same connection.
    private static bool TryTakeRequest(ref string input, out string request)
    {
        while (input.Length >= 4 && input[0] == '$' && 4 + (input[2] << 8) + input[3] is var packet && packet <= input.Length)
        {
            input = input[packet..];
        }
        var end = input.StartsWith('$') ? -1 : input.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        request = end < 0 ? "" : input[..(end + 2)];
        input = end < 0 ? input : input[(end + 4)..];
        return end >= 0;
    }

    private (string Reply, bool Closes) Answer(string request, FakeCameraSender sender)
    {
        var method = request.Split(' ')[0];
        Methods.Enqueue(method);
        var number = Header(request, "CSeq");
        if (Account is not null && Header(request, "Authorization") != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Account)))
        {
            return (Reply("401 Unauthorized", "WWW-Authenticate: Basic realm=\"cam\"\r\n"), ClosesWithChallenge);
        }
        var transport = Header(request, "Transport") ?? "";
        var isUdp = transport.Contains("client_port", StringComparison.Ordinal);
        return (
            method switch
            {
                "DESCRIBE" when RedirectsTo is not null => Reply("302 Moved", $"Location: {RedirectsTo}\r\n"),
                "DESCRIBE" when Refusal is not null => Reply(Refusal),
                "DESCRIBE" => Reply("200 OK", $"Content-Base: {Address()}/\r\nContent-Length: {Sdp.Length}\r\n") + Sdp,
                "SETUP" when (isUdp && RefusesUdp) || (!isUdp && RefusesTcp) => Reply("461 Unsupported Transport"),
                "SETUP" => Reply("200 OK", $"Session: 1;timeout=60\r\nTransport: {transport}{sender.SetUp(transport)}\r\n"),
                _ => Reply("200 OK"),
            },
            false
        );

        string Reply(string status, string headers = "") => $"RTSP/1.0 {status}\r\nCSeq: {number}\r\n{headers}\r\n";
    }

    private static string? Header(string request, string name) =>
        request.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];
}
