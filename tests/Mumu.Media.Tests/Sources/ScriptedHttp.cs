// An HTTP server on loopback that answers as a test says, in raw bytes.
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mumu.Media.Tests.Sources;

internal sealed class ScriptedHttp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<string, NetworkStream, Task> _answer;
    private readonly Task _run;

    /// <summary>Starts to serve; the answer gets the request's head and the connection, which closes when it is done.</summary>
    internal ScriptedHttp(Func<string, NetworkStream, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _run = RunAsync();
    }

    internal Uri Address(string path = "/") => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{path}");

    internal static Task SayAsync(NetworkStream stream, string head, byte[]? body = null) =>
        stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n"), .. body ?? []]).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _run;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var head = new StringBuilder();
                var one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    if (await stream.ReadAsync(one, _end.Token) == 0)
                    {
                        return;
                    }
                    head.Append((char)one[0]);
                }
                await _answer(head.ToString(), stream);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // The client has had enough.
            }
        }
    }
}
