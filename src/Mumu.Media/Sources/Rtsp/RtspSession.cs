// One session with a camera: the loop that drives the RTSP core and the receivers of its tracks.
using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;
using Mumu.Media.Units;
using Mumu.Protocols.Rtsp;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>
/// Owns a connection's session. Readers of the connection and of the UDP ports hand their bytes to one loop, which alone touches the core: no locks, and a slow stream holds up nobody else.
/// </summary>
internal sealed class RtspSession(
    RtspClientOptions clientOptions,
    RtspOptions options,
    RtspAuthenticator authenticator,
    SourceConnection connection,
    IUnitSink sink,
    TimeProvider time
) : IDisposable
{
    private const int Queue = 1_024; // arrivals that may wait; then the connection is read no further and datagrams are lost
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromMilliseconds(300);

    /// <summary>How a session ended: at another address, or for a reason.</summary>
    internal readonly record struct Outcome(Uri? Location, RtspEnd? End, bool HasPlayed);

    private readonly Channel<RtspArrival> _arrivals = Channel.CreateBounded<RtspArrival>(
        new BoundedChannelOptions(Queue) { SingleReader = true }
    );
    private readonly RtspClient _client = new(clientOptions, authenticator);
    private readonly byte[] _output = new byte[4 * 1024];
    private readonly List<Task> _readers = [];
    private RtspMedia? _media;
    private Outcome? _outcome;
    private bool _hasTriedOtherTransport;

    internal async Task<Outcome> RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var timer = time.CreateTimer(
            _ => _arrivals.Writer.TryWrite(new(RtspArrivalKind.Tick)),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        await using var _ = timer.ConfigureAwait(false);
        try
        {
            _readers.Add(ReadConnectionAsync(stop.Token));
            _client.Start(Now);
            while (_outcome is null)
            {
                await FlushAsync(cancellation).ConfigureAwait(false);
                SetTimer(timer);
                var arrival = await _arrivals.Reader.ReadAsync(cancellation).ConfigureAwait(false);
                do
                {
                    Take(arrival, stop.Token);
                    arrival.Return();
                } while (_outcome is null && _arrivals.Reader.TryRead(out arrival));
                Tick();
                Drain(stop.Token);
            }
            return _outcome.Value;
        }
        finally
        {
            await FarewellAsync().ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            Dispose();
            await Task.WhenAll(_readers).ConfigureAwait(false);
            while (_arrivals.Reader.TryRead(out var left))
            {
                left.Return();
            }
        }
    }

    internal void RequestKeyFrame() => _arrivals.Writer.TryWrite(new(RtspArrivalKind.KeyFrameRequest));

    /// <summary>Closes the UDP ports.</summary>
    public void Dispose() => _media?.Dispose();

    private TimeSpan Now => time.GetElapsedTime(0);

    private void SetTimer(ITimer timer)
    {
        var due = Earliest(_client.NextDeadline, _media?.NextDeadline);
        var wait = due - Now;
        timer.Change(
            wait is null ? Timeout.InfiniteTimeSpan
                : wait > TimeSpan.Zero ? wait.Value
                : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan
        );
    }

    private static TimeSpan? Earliest(TimeSpan? a, TimeSpan? b) => b is null || a < b ? a : b;

    private void Take(in RtspArrival arrival, CancellationToken stop)
    {
        switch (arrival.Kind)
        {
            case RtspArrivalKind.Connection:
                _client.Receive(arrival.Bytes, Now);
                break;
            case RtspArrivalKind.Closed:
                _client.ConnectionClosed();
                break;
            case RtspArrivalKind.Rtp:
                _media?.ReceiveRtp(arrival.Track, arrival.Bytes, Now);
                break;
            case RtspArrivalKind.Rtcp:
                _media?.ReceiveRtcp(arrival.Track, arrival.Bytes, Now);
                break;
            case RtspArrivalKind.KeyFrameRequest:
                _media?.RequestKeyFrame();
                break;
        }
        Drain(stop);
    }

    private void Tick()
    {
        _client.Tick(Now);
        _media?.Tick(Now);
    }

    private void Drain(CancellationToken stop)
    {
        while (_client.TryRead(out var e))
        {
            switch (e.Kind)
            {
                case RtspEventKind.Described:
                    SetUp(options.Transport == RtspTransportMode.Udp, stop);
                    break;
                case RtspEventKind.TransportRefused:
                    TryOtherTransport(stop);
                    break;
                case RtspEventKind.Playing:
                    _media!.Play(_client, Now);
                    break;
                case RtspEventKind.Interleaved:
                    _media?.ReceiveInterleaved(_client, e.Channel, e.Payload, Now);
                    break;
                case RtspEventKind.Redirected:
                    _outcome ??= new Outcome(e.Location, null, false);
                    break;
                case RtspEventKind.Ended:
                    _outcome ??= new Outcome(null, e.End, _media?.HasPlayed ?? false);
                    break;
            }
        }
    }

    private void TryOtherTransport(CancellationToken stop)
    {
        if (options.Transport != RtspTransportMode.Auto || _hasTriedOtherTransport)
        {
            var name = options.Transport == RtspTransportMode.Udp ? "UDP" : "TCP";
            throw new SourceException(SourceFailure.Protocol, $"The camera refuses to send over {name}. Choose the other transport.");
        }
        _hasTriedOtherTransport = true;
        SetUp(overUdp: true, stop);
    }

    private void SetUp(bool overUdp, CancellationToken stop)
    {
        _media?.Dispose();
        var tracks = RtspTrackChoice.Choose(_client.Description!);
        try
        {
            _media = new RtspMedia(tracks, overUdp ? connection : null, sink, options.StallTimeout);
        }
        catch (SocketException error)
        {
            throw new SourceException(SourceFailure.Unreachable, "This machine has no free pair of UDP ports for the camera.", error);
        }
        _client.Setup(_media.Setups, Now);
        for (var i = 0; i < tracks.Count; i++)
        {
            if (_media.PortsOf(i) is { } ports)
            {
                _readers.Add(UdpReader.RunAsync(ports.Rtp, connection.Remote.Address, new(RtspArrivalKind.Rtp, i), _arrivals.Writer, stop));
                _readers.Add(
                    UdpReader.RunAsync(ports.Rtcp, connection.Remote.Address, new(RtspArrivalKind.Rtcp, i), _arrivals.Writer, stop)
                );
            }
        }
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        while (_client.TryTransmit(_output, out var length))
        {
            try
            {
                await connection.Stream.WriteAsync(_output.AsMemory(0, length), cancellation).ConfigureAwait(false);
            }
            catch (IOException)
            {
                _client.ConnectionClosed(); // The reader will find the same; what is left to send has nowhere to go.
            }
        }
    }

    // Tells the camera that we leave, so that it does not send on until its time-out; politeness has a limit.
    private async Task FarewellAsync()
    {
        _client.Teardown(Now);
        using var limit = new CancellationTokenSource(FarewellLimit, time);
        try
        {
            await FlushAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It does not read; closing the connection tells it as well.
        }
    }

    private async Task ReadConnectionAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
                var length = await connection.Stream.ReadAsync(buffer, stop).ConfigureAwait(false);
                if (length == 0)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    break;
                }
                await _arrivals.Writer.WriteAsync(new(RtspArrivalKind.Connection, 0, buffer, length), stop).ConfigureAwait(false);
            }
            await _arrivals.Writer.WriteAsync(new(RtspArrivalKind.Closed), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The loop ended first.
        }
        catch (IOException)
        {
            _arrivals.Writer.TryWrite(new(RtspArrivalKind.Closed));
        }
    }
}
