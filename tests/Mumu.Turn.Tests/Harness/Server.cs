// A TURN server on loopback, with a peer that sends everything back.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Turn.Tests.Harness;

internal sealed class Server : IAsyncDisposable
{
    public const string Secret = "not so secret";
    private const string User = "99999999999:anna";
    private static readonly IPAddress s_peer = IPAddress.Parse("127.0.0.2");
    private readonly Socket _echo = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Task _echoing;

    public Server(Func<TurnListenerOptions, TurnListenerOptions>? change = null)
    {
        var options = new TurnListenerOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            TlsListen = new IPEndPoint(IPAddress.Loopback, 0),
            AllowedPeers = [new IPNetwork(s_peer, 32)],
            Server = new TurnServerOptions { Secret = Encoding.UTF8.GetBytes(Secret), NonceKey = new byte[32] },
        };
        _echo.Bind(new IPEndPoint(s_peer, 0));
        _echoing = EchoAsync();
        Listener = new TurnListener(change?.Invoke(options) ?? options, Time);
    }

    public ShiftedTime Time { get; } = new();

    public TurnListener Listener { get; }

    public TransportAddress Peer => TransportAddress.From((IPEndPoint)_echo.LocalEndPoint!);

    public TurnTestClient Client(bool overTcp = false) =>
        new(Listener.LocalAddress, User, TurnCredential.Password(Encoding.UTF8.GetBytes(Secret), User), overTcp);

    /// <summary>Waits for what must become true.</summary>
    public static async Task EventuallyAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        _echo.Dispose();
        await _echoing;
    }

    private async Task EchoAsync()
    {
        var buffer = new byte[2048];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        try
        {
            while (true)
            {
                var length = await _echo.ReceiveFromAsync(buffer, SocketFlags.None, from);
                await _echo.SendToAsync(buffer.AsMemory(0, length), SocketFlags.None, from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
