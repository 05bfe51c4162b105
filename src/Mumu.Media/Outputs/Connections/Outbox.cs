// What waits to be written to one connection.
namespace Mumu.Media.Outputs.Connections;

/// <summary>
/// Writes responses and frames in order, each in one write. What the connection takes at once costs no task and no wait; what it does not take is queued, and frames beyond the limit are refused. From any thread.
/// </summary>
internal sealed class Outbox(Stream stream, TimeProvider time, Action failed)
{
    private readonly record struct Item(ReadOnlyMemory<byte> Bytes, ISharedBytes? Frame);

    private const long LeastLimit = 4 << 20;
    private readonly Lock _gate = new();
    private readonly Queue<Item> _queue = new();
    private bool _isWriting;
    private bool _isDead;
    private long _waiting;
    private long _written;
    private long _busySince;

    /// <summary>Bytes written.</summary>
    internal long Written => Volatile.Read(ref _written);

    /// <summary>Bytes that may wait; a new reader's cached group may be larger.</summary>
    internal long Limit { get; set; } = LeastLimit;

    /// <summary>How long the far end has not taken what is being written; zero where nothing is.</summary>
    internal TimeSpan Stuck
    {
        get
        {
            lock (_gate)
            {
                return _isWriting ? time.GetElapsedTime(_busySince) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>True while frames wait for the far end.</summary>
    internal bool IsBehind => Volatile.Read(ref _waiting) > Limit / 2;

    /// <summary>Writes a response.</summary>
    internal void Post(ReadOnlyMemory<byte> bytes) => TryPost(new Item(bytes, null), isBounded: false);

    /// <summary>Writes bytes of this connection alone. False if too much waits already.</summary>
    internal bool TryPost(ReadOnlyMemory<byte> bytes) => TryPost(new Item(bytes, null), isBounded: true);

    /// <summary>Writes a frame; takes a reference while it waits. False if too much waits already.</summary>
    internal bool TryPost(ISharedBytes frame)
    {
        frame.AddReference();
        if (TryPost(new Item(frame.Memory, frame), isBounded: true))
        {
            return true;
        }
        frame.Release();
        return false;
    }

    /// <summary>Drops what waits; nothing more is written.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isDead = true;
            while (_queue.TryDequeue(out var item))
            {
                item.Frame?.Release();
            }
        }
    }

    private bool TryPost(in Item item, bool isBounded)
    {
        lock (_gate)
        {
            if (_isDead || (isBounded && _waiting + item.Bytes.Length > Limit))
            {
                return false;
            }
            if (_isWriting)
            {
                _queue.Enqueue(item);
                _waiting += item.Bytes.Length;
                return true;
            }
            _isWriting = true;
            _busySince = time.GetTimestamp();
        }
        Write(item);
        return true;
    }

    private void Write(Item item)
    {
        while (true)
        {
            ValueTask writing;
            try
            {
                writing = stream.WriteAsync(item.Bytes);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                Fail(item);
                return;
            }
            if (!writing.IsCompletedSuccessfully)
            {
                _ = FinishAsync(writing.AsTask(), item);
                return;
            }
            writing.GetAwaiter().GetResult();
            if (!TryNext(ref item))
            {
                return;
            }
        }
    }

    private async Task FinishAsync(Task writing, Item item)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            Fail(item);
            return;
        }
        if (TryNext(ref item))
        {
            Write(item);
        }
    }

    private bool TryNext(ref Item item)
    {
        Volatile.Write(ref _written, _written + item.Bytes.Length);
        item.Frame?.Release();
        lock (_gate)
        {
            if (!_queue.TryDequeue(out item))
            {
                _isWriting = false;
                return false;
            }
            _waiting -= item.Bytes.Length;
            _busySince = time.GetTimestamp();
            return true;
        }
    }

    private void Fail(Item item)
    {
        item.Frame?.Release();
        Close();
        failed();
    }
}
