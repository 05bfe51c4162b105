// One client over TCP or TLS: messages in, messages out through a bounded queue, and an end for who takes too long.
using System.Buffers;
using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Mumu.Protocols.Stun;

namespace Mumu.Turn;

/// <summary>
/// Reads in a task of its own. <see cref="Send"/> never waits: what the queue has no room for is lost, as it would be on a slow UDP path. A connection that is idle holds no buffer.
/// </summary>
internal sealed class TurnConnection : IThreadPoolWorkItem, IDisposable
{
    private const int ReadBytes = 16 * 1024;
    private const int MostQueuedBytes = 256 * 1024;

    /// <summary>Until the first whole message, TLS handshake included.</summary>
    private static readonly TimeSpan s_firstMessage = TimeSpan.FromSeconds(10);

    /// <summary>Without an allocation.</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(60);

    /// <summary>For one write.</summary>
    private static readonly TimeSpan s_write = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly TurnEngine _engine;
    private readonly TimeProvider _time;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly StreamFrames _frames = new(StreamFraming.Turn);
    private readonly Lock _outgate = new();
    private Stream _stream;
    private byte[] _rest = [];
    private byte[] _queue = [];
    private int _queued;
    private bool _isWriting;
    private TurnPeerLink? _peer;
    private TaskCompletionSource? _flushed;
    private bool _hasSpoken;
    private long _lastAllocated;
    private long _writingSince;

    public TurnConnection(
        int id,
        Socket socket,
        TransportAddress remote,
        SslServerAuthenticationOptions? tls,
        TurnEngine engine,
        TimeProvider time
    )
    {
        Flow = new FlowId(id, remote);
        _socket = socket;
        _tls = tls;
        _engine = engine;
        _time = time;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _lastAllocated = time.GetTimestamp();
    }

    /// <summary>The flow by which the core knows it.</summary>
    public FlowId Flow { get; }

    /// <summary>Reads until either side ends it.</summary>
    public async Task RunAsync()
    {
        try
        {
            if (_tls is not null)
            {
                var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
                await tls.AuthenticateAsServerAsync(_tls, CancellationToken.None).ConfigureAwait(false);
                _stream = tls;
            }
            while (_peer is null && !_frames.IsBroken && await ReadAsync().ConfigureAwait(false)) { }
            if (_peer is not null)
            {
                await FlushAsync().ConfigureAwait(false);
                await _peer.RelayAsync(_stream, _socket, _rest).ConfigureAwait(false);
            }
        }
        catch (Exception e)
            when (e is IOException or SocketException or ObjectDisposedException or AuthenticationException or OperationCanceledException)
        {
            // The peer is gone, or never spoke TLS: the end of this connection and nobody else's concern.
        }
        finally
        {
            _engine.Close(this);
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Queues a message of the core; false if there is no room.</summary>
    public bool Send(ReadOnlySpan<byte> message)
    {
        var padded = (message.Length + 3) & ~3; // ChannelData over a stream (RFC 8656 §12.5); STUN is so already
        lock (_outgate)
        {
            if (_queued + padded > MostQueuedBytes)
            {
                return false;
            }
            if (_queued + padded > _queue.Length)
            {
                Grow(_queued + padded);
            }
            message.CopyTo(_queue.AsSpan(_queued));
            _queue.AsSpan(_queued + message.Length, padded - message.Length).Clear();
            _queued += padded;
            if (_isWriting)
            {
                return true;
            }
            _isWriting = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    /// <summary>
    /// From here on it is the client's half of a connection with a peer (RFC 6062), and no messages come or go any more. Called while the message that asked for it
    /// is being taken.
    /// </summary>
    public void Join(TurnPeerLink peer) => _peer = peer;

    /// <summary>Ends it if it has outlived a limit; true if so.</summary>
    public bool EndIfLate(bool hasAllocation)
    {
        if (hasAllocation)
        {
            _lastAllocated = _time.GetTimestamp();
        }
        var writing = Volatile.Read(ref _writingSince);
        var isLate =
            (writing != 0 && _time.GetElapsedTime(writing) > s_write)
            || _time.GetElapsedTime(_lastAllocated) > (Volatile.Read(ref _hasSpoken) ? s_idle : s_firstMessage);
        if (isLate)
        {
            Dispose();
        }
        return isLate;
    }

    /// <summary>Ends it at once, without a word; the reading task does the rest.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        _stream.Dispose();
    }

    /// <summary>Writes what is queued, for the thread pool.</summary>
    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    private async Task<bool> ReadAsync()
    {
        await _stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false); // waits without a buffer
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            var length = await _stream.ReadAsync(buffer.AsMemory(0, ReadBytes)).ConfigureAwait(false);
            Take(buffer.AsSpan(0, length));
            return length > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (_peer is null && _frames.TryRead(ref bytes, out var message))
        {
            Volatile.Write(ref _hasSpoken, true);
            _engine.Receive(this, message);
        }
        if (_peer is not null)
        {
            _rest = bytes.ToArray(); // the peer's, behind the message
        }
    }

    // Waits until all messages are written, so that bytes may follow them.
    private Task FlushAsync()
    {
        lock (_outgate)
        {
            if (!_isWriting)
            {
                return Task.CompletedTask;
            }
            _flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _flushed.Task;
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (TakeQueue(out var bytes, out var length))
            {
                Volatile.Write(ref _writingSince, _time.GetTimestamp());
                try
                {
                    for (var (at, size) = (0, 0); at < length; at += size)
                    {
                        // A TLS record for each message: there are clients that look for one message in a record, coturn's among them.
                        size = _tls is null ? length : MessageLength(bytes.AsSpan(at));
                        await _stream.WriteAsync(bytes.AsMemory(at, size)).ConfigureAwait(false);
                    }
                }
                finally
                {
                    Volatile.Write(ref _writingSince, 0);
                    ArrayPool<byte>.Shared.Return(bytes);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            Dispose(); // the reading task tells the engine
            lock (_outgate)
            {
                _isWriting = false;
                _flushed?.TrySetResult();
            }
        }
    }

    private static int MessageLength(ReadOnlySpan<byte> message)
    {
        var stated = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        return message[0] >> 6 == 1 ? (4 + stated + 3) & ~3 : StunMessage.HeaderLength + stated;
    }

    private bool TakeQueue(out byte[] bytes, out int length)
    {
        lock (_outgate)
        {
            (bytes, length) = (_queue, _queued);
            (_queue, _queued) = ([], 0);
            _isWriting = length > 0;
            if (!_isWriting)
            {
                _flushed?.TrySetResult();
            }
            return _isWriting;
        }
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 4096));
        _queue.AsSpan(0, _queued).CopyTo(larger);
        if (_queue.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_queue);
        }
        _queue = larger;
    }
}
