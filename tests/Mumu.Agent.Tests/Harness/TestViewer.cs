// A viewer on loopback: our own receiving peer with a socket and a loop.
using System.Net;
using System.Net.Sockets;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Agent.Tests.Harness;

public sealed class TestViewer : IAsyncDisposable
{
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ReceivingPeer _peer;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private Task _run = Task.CompletedTask;
    private volatile int _packets;
    private volatile bool _isConnected;

    public TestViewer()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        // Without transport feedback: a machine busy with tests is no narrow path. Each has credentials of its own, as browsers do.
        _peer = new ReceivingPeer(
            new PeerOptions { Certificate = _certificate, Random = new Random(Random.Shared.Next()) },
            new ReceivingOptions { TransportFeedback = false },
            Now
        );
        _peer.AddLocalBase(0, TransportAddress.From((IPEndPoint)_socket.LocalEndPoint!));
        Offer = _peer.Offer(isComplete: true);
    }

    public string Offer { get; }

    public string Fingerprint => Convert.ToHexStringLower(_certificate.Sha256);

    public int Packets => _packets;

    public bool IsConnected => _isConnected;

    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _peer.End != PeerEnd.None;
            }
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return $"connected {_isConnected}, {_packets} packets, path {_peer.Selected}, end {_peer.End}";
        }
    }

    private static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    /// <summary>Takes the answer and begins.</summary>
    public void Accept(string answer)
    {
        Assert.True(_peer.TryAccept(answer, Now, out var error), error);
        _run = Task.Run(RunAsync);
    }

    /// <summary>Restarts ICE and returns the offer of it.</summary>
    public string Restart()
    {
        lock (_lock)
        {
            _peer.Restart();
            return _peer.Offer(isComplete: true);
        }
    }

    /// <summary>Takes the answer to a restart.</summary>
    public void AcceptRestart(string answer)
    {
        lock (_lock)
        {
            Assert.True(_peer.TryAccept(answer, Now, out var error), error);
        }
    }

    public bool AddCandidate(string text)
    {
        lock (_lock)
        {
            return IceCandidate.TryParse(text, out var candidate) && _peer.AddRemoteCandidate(candidate, Now);
        }
    }

    /// <summary>Waits until pictures come.</summary>
    public Task PlaysAsync()
    {
        var before = _packets;
        return Eventually.HoldsAsync(() => _packets > before + 10, () => $"pictures come ({this})");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _run;
        _peer.Dispose();
        _socket.Dispose();
        _certificate.Dispose();
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        var buffer = new byte[2048];
        var any = new IPEndPoint(IPAddress.Any, 0);
        while (!_end.IsCancellationRequested && _peer.End == PeerEnd.None)
        {
            Pump(buffer);
            try
            {
                // The peer's deadlines are 5 ms or more; waking that often costs a test nothing.
                using var nap = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
                var got = await _socket.ReceiveFromAsync(buffer.AsMemory(), SocketFlags.None, any, nap.Token);
                lock (_lock)
                {
                    var flow = new FlowId(0, TransportAddress.From((IPEndPoint)got.RemoteEndPoint));
                    _packets += _peer.Receive(buffer.AsSpan(0, got.ReceivedBytes), flow, Now, out _) ? 1 : 0;
                }
            }
            catch (OperationCanceledException)
            {
                // Time to look at the clock.
            }
        }
    }

    private void Pump(byte[] buffer)
    {
        lock (_lock)
        {
            _peer.Tick(Now);
            while (_peer.TryTransmit(buffer, Now, out var length, out var flow))
            {
                _socket.SendTo(buffer.AsSpan(0, length), flow.Remote.ToIPEndPoint());
            }
            _isConnected = _peer.IsConnected;
        }
    }
}
