// A connection beside the loop's socket: read by a task, its messages taken by the loop.
using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Mumu.Media.WebRtc.Carriers;

/// <summary>
/// What a viewer's relay, or its own TCP connection, goes over. A task reads messages into a bounded queue and calls the loop; everything else belongs to the loop's thread.
/// </summary>
internal abstract class Carrier : IDisposable
{
    private const int MaxQueue = 64;
    private readonly Channel<(byte[] Buffer, int Length)> _messages = Channel.CreateBounded<(byte[], int)>(
        new BoundedChannelOptions(MaxQueue) { SingleReader = true, SingleWriter = true }
    );
    private readonly Func<LoopCommand, bool> _post;
    private readonly CancellationTokenSource _ending = new();
    private int _isAnnounced;
    private volatile string? _failure;
    private volatile bool _isClosed;

    /// <summary>Makes it; nothing is read before <see cref="Run"/>.</summary>
    /// <param name="post">Posts to the loop of the carrier's owner.</param>
    protected Carrier(Func<LoopCommand, bool> post) => _post = post;

    /// <summary>Who takes its messages, on the loop's thread.</summary>
    public ICarrierOwner? Owner { get; set; }

    /// <summary>Why it is of no use any more; null while it is.</summary>
    public string? Failure => _failure;

    /// <summary>Closed by its owner.</summary>
    protected bool IsClosed
    {
        get => _isClosed;
        private set => _isClosed = value;
    }

    /// <summary>The token that ends its tasks.</summary>
    protected CancellationToken Ending => _ending.Token;

    /// <summary>Takes the next message; give its buffer back with <see cref="Return"/>.</summary>
    public bool TryRead(out byte[] buffer, out int length)
    {
        Volatile.Write(ref _isAnnounced, 0); // first, so that what comes after this look is announced again
        var has = _messages.Reader.TryRead(out var message);
        (buffer, length) = message;
        return has;
    }

    /// <summary>Gives a message's buffer back.</summary>
    public static void Return(byte[] buffer) => ArrayPool<byte>.Shared.Return(buffer);

    /// <inheritdoc />
    public void Dispose()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            Close();
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the reading task.</summary>
    protected void Run(Func<Task> read) => _ = RunAsync(read);

    /// <summary>Closes what is below, and ends the tasks now or soon.</summary>
    protected abstract void Close();

    /// <summary>Ends the tasks.</summary>
    /// <param name="after">A moment for what is still to be sent.</param>
    protected void EndTasks(TimeSpan after) => _ending.CancelAfter(after);

    /// <summary>A datagram came; false if the queue is full, and it is lost.</summary>
    protected bool TryAdd(ReadOnlySpan<byte> message)
    {
        var buffer = Copy(message);
        if (!_messages.Writer.TryWrite((buffer, message.Length)))
        {
            Return(buffer);
            return false;
        }
        Announce();
        return true;
    }

    /// <summary>A message came by a stream, which can wait for room.</summary>
    protected ValueTask AddAsync(ReadOnlySpan<byte> message)
    {
        var buffer = Copy(message);
        var written = _messages.Writer.WriteAsync((buffer, message.Length), _ending.Token);
        Announce();
        return written;
    }

    /// <summary>It is of no use any more.</summary>
    protected void Fail(string sentence)
    {
        _failure ??= sentence;
        Announce();
    }

    private static byte[] Copy(ReadOnlySpan<byte> message)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(buffer);
        return buffer;
    }

    private void Announce()
    {
        if (Interlocked.Exchange(ref _isAnnounced, 1) == 0 && !_post(new LoopCommand(LoopCommandKind.CarrierReady, this)))
        {
            Volatile.Write(ref _isAnnounced, 0); // the loop has too much to do: with the next message, then
        }
    }

    private async Task RunAsync(Func<Task> read)
    {
        try
        {
            await read().ConfigureAwait(false);
        }
        catch (Exception e) when (IsClosed && e is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
        {
            // Closed by its owner.
        }
        finally
        {
            Fail("The connection is gone.");
        }
    }
}
