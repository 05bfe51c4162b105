// One session with an RTMP server, whichever way its media goes.
using Mumu.Media.Outputs.Connections;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Sources.Rtmp;

/// <summary>Takes an event of the session; its spans are valid during the call.</summary>
internal delegate void RtmpClientHandler(in RtmpClientEvent e);

/// <summary>Drives a client's core on an open connection. One task owns the core; what is to be written goes through the outbox, from any thread.</summary>
internal sealed class RtmpClientSession : IDisposable
{
    private const int Buffer = 64 * 1024;
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(0.5);
    private readonly RtmpAddress _address;
    private readonly Stream _stream;
    private readonly RtmpClient _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _stallTimeout;
    private readonly CancellationTokenSource _stop = new();
    private readonly bool _reads;
    private long _deadline = long.MaxValue;
    private long _lastMedia = long.MaxValue; // a session that reads ends when media stays away
    private volatile RtmpEnd? _end;

    internal RtmpClientSession(
        RtmpAddress address,
        bool publishes,
        Stream stream,
        TimeSpan timeout,
        TimeSpan stallTimeout,
        TimeProvider time
    )
    {
        (_address, _stream, _time, _stallTimeout, _reads) = (address, stream, time, stallTimeout, !publishes);
        _client = new RtmpClient(address, publishes, timeout, Random.Shared);
        Outbox = new Outbox(stream, time, () => End("closed the connection"));
    }

    /// <summary>What waits to be written.</summary>
    internal Outbox Outbox { get; }

    /// <summary>The number of the stream, once started.</summary>
    internal uint StreamId => _client.StreamId;

    /// <summary>Ends the session; from any thread.</summary>
    internal void End(string what)
    {
        _end ??= new RtmpEnd(RtmpEndReason.Stopped, $"The server {_address} {what}.");
        _ = _stop.CancelAsync();
    }

    /// <summary>Runs to the end.</summary>
    internal async Task<RtmpEnd> RunAsync(RtmpClientHandler handle, CancellationToken cancellation)
    {
        var buffer = new byte[Buffer];
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        var check = _time.CreateTimer(_ => Check(), null, s_checkInterval, s_checkInterval);
        await using var _ = check.ConfigureAwait(false);
        try
        {
            _client.Start(Now);
            while (true)
            {
                Flush();
                Volatile.Write(ref _deadline, (_client.NextDeadline ?? TimeSpan.MaxValue).Ticks);
                var length = await _stream.ReadAsync(buffer, either.Token).ConfigureAwait(false);
                if (length == 0)
                {
                    return _end ?? new RtmpEnd(RtmpEndReason.Stopped, $"The server {_address} closed the connection.");
                }
                _client.Receive(buffer.AsSpan(0, length), Now);
                if (Drain(handle) is { } end)
                {
                    return end;
                }
            }
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return _end ?? new RtmpEnd(RtmpEndReason.Stopped, $"The session with {_address} was ended.");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return _end ?? new RtmpEnd(RtmpEndReason.Stopped, $"The connection to {_address} broke.");
        }
        finally
        {
            _client.Stop();
            Flush(); // A farewell, where the server still listens.
            Outbox.Close();
        }
    }

    public void Dispose() => _stop.Dispose();

    private TimeSpan Now => _time.GetElapsedTime(0);

    private RtmpEnd? Drain(RtmpClientHandler handle)
    {
        while (_client.TryRead(out var e))
        {
            if (e.Kind == RtmpClientEventKind.Ended)
            {
                return e.End;
            }
            Volatile.Write(ref _lastMedia, Now.Ticks);
            if (e.Kind == RtmpClientEventKind.Started)
            {
                Flush();
            }
            handle(e);
        }
        return null;
    }

    private void Check()
    {
        if (Now.Ticks >= Volatile.Read(ref _deadline))
        {
            _end ??= new RtmpEnd(RtmpEndReason.Timeout, $"The server {_address} did not answer in time.");
            End("did not answer in time");
        }
        else if (Outbox.Stuck > _stallTimeout)
        {
            End("takes nothing any more");
        }
        else if (_reads && Now.Ticks - Volatile.Read(ref _lastMedia) > _stallTimeout.Ticks)
        {
            End("has sent nothing for too long");
        }
    }

    private void Flush()
    {
        Span<byte> piece = stackalloc byte[1024];
        var all = Array.Empty<byte>();
        while (_client.TryTransmit(piece, out var length))
        {
            all = [.. all, .. piece[..length]];
        }
        if (all.Length > 0)
        {
            Outbox.Post(all);
        }
    }
}
