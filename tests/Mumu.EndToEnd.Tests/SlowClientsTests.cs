// Two thousand clients that send a byte a second hold no door shut.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class SlowClientsTests(SharedInstallation shared, ITestOutputHelper output)
{
    private const int Clients = 2_000;
    private const int Seconds = 2;
    private const string Http = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    private const string Rtsp = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";
    private const string Rtmp = "\u0003"; // the version, on both sides; the client's 1536 bytes of handshake follow

    [Theory]
    [InlineData(8080, Http, "HTTP/1.1 ")]
    [InlineData(8000, Http, "HTTP/1.1 ")]
    [InlineData(8889, Http, "HTTP/1.1 ")]
    [InlineData(9997, Http, "HTTP/1.1 ")]
    [InlineData(9998, Http, "HTTP/1.1 ")]
    [InlineData(8554, Rtsp, "RTSP/1.0 200")]
    [InlineData(8888, Http, "HTTP/1.1 ")]
    [InlineData(1935, Rtmp, Rtmp)]
    public async Task A_new_client_is_served_beside_them(int port, string request, string answer)
    {
        var address = new IPEndPoint(IPAddress.Loopback, port + shared.Installation.Offset);
        byte[] bytes = request == Rtmp ? [.. Encoding.Latin1.GetBytes(Rtmp), .. new byte[1536]] : Encoding.Latin1.GetBytes(request);
        var slow = new List<Socket>(Clients);
        try
        {
            while (slow.Count < Clients)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                slow.Add(socket);
                await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
            }
            for (var second = 0; second < Seconds; second++)
            {
                foreach (var socket in slow)
                {
                    await SendAsync(socket, bytes.AsMemory(second, 1));
                }
                var watch = Stopwatch.StartNew();
                Assert.StartsWith(answer, await AskAsync(address, bytes), StringComparison.Ordinal);
                output.WriteLine($"port {port}, beside {Clients} slow clients: {watch.ElapsedMilliseconds} ms");
                await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken); // their pace
            }
        }
        finally
        {
            slow.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await socket.SendAsync(bytes, SocketFlags.None, TestContext.Current.CancellationToken);
        }
        catch (SocketException)
        {
            // A door that is crowded may show the slow ones out.
        }
    }

    private static async Task<string> AskAsync(IPEndPoint address, byte[] request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, limit.Token);
        await socket.SendAsync(request, SocketFlags.None, limit.Token);
        var buffer = new byte[64];
        var length = 0;
        while (
            length < "HTTP/1.1 200".Length
            && await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, limit.Token) is > 0 and var more
        )
        {
            length += more;
        }
        return Encoding.Latin1.GetString(buffer, 0, length);
    }
}
