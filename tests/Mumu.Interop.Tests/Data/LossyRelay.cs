// A path between a browser and the engine that loses and reorders.
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Mumu.Interop.Tests.Data;

/// <summary>Passes datagrams on between the engine and whoever else speaks to it.</summary>
internal sealed partial class LossyRelay : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly double _loss;
    private readonly Random _random = new(7);
    private readonly Task _run;
    private EndPoint? _engine;
    private EndPoint? _browser;

    public LossyRelay(double loss)
    {
        _loss = loss;
        _socket.ReceiveBufferSize = 4 << 20;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _run = Task.Run(RunAsync);
    }

    public int Lost { get; private set; }

    /// <summary>The offer without the browser's own addresses: it is to be found through the relay alone.</summary>
    public static string Strip(string offer) => CandidateLine().Replace(offer, "");

    /// <summary>The answer with the relay in place of the engine.</summary>
    public string Redirect(string answer)
    {
        var port = CandidatePort().Match(answer).Groups[1].Value;
        _engine = new IPEndPoint(IPAddress.Loopback, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
        return answer.Replace(
            $"127.0.0.1 {port} typ",
            $"127.0.0.1 {((IPEndPoint)_socket.LocalEndPoint!).Port} typ",
            StringComparison.Ordinal
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var buffer = new byte[2048];
        byte[]? late = null;
        EndPoint? lateTo = null;
        try
        {
            while (true)
            {
                var got = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                _browser = got.RemoteEndPoint.Equals(_engine) ? _browser : got.RemoteEndPoint;
                var to = got.RemoteEndPoint.Equals(_engine) ? _browser : _engine;
                if (to is null)
                {
                    continue;
                }
                if (_random.NextDouble() < _loss)
                {
                    Lost++;
                    continue;
                }
                if (late is null && _random.NextDouble() < 0.02)
                {
                    (late, lateTo) = (buffer.AsSpan(0, got.ReceivedBytes).ToArray(), to); // behind the next one
                    continue;
                }
                await _socket.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), to, _stop.Token);
                if (late is not null)
                {
                    await _socket.SendToAsync(late, lateTo!, _stop.Token);
                    late = null;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    [GeneratedRegex(@"a=candidate:[^\r\n]*\r\n")]
    private static partial Regex CandidateLine();

    [GeneratedRegex(@"a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+) typ host")]
    private static partial Regex CandidatePort();
}
