// A viewer's data channels as their owner sees them, from any thread.
using System.Threading.Channels;
using Mumu.Protocols.Sctp.DataChannels;

namespace Mumu.Media.WebRtc;

/// <summary>
/// The data channels of a <see cref="ViewerSession"/>. Safe to use from any thread. Bounded both ways: messages that are not read hold the viewer back, and messages that the viewer does not
/// take are refused.
/// </summary>
public sealed class ViewerData
{
    /// <summary>Bytes of messages that may wait to be sent.</summary>
    public const int MaxQueuedBytes = 2 * 1024 * 1024;

    private const int MaxUnreadBytes = 512 * 1024;
    private const int MaxUnread = 256;
    private const int Overhead = 64; // of a message, as counted against the limits

    private readonly Channel<DataChannelEvent> _events = Channel.CreateBounded<DataChannelEvent>(MaxUnread + 1);
    private readonly Lock _gate = new();
    private readonly int _maxMessage;
    private Action<DataRequest>? _post;
    private TaskCompletionSource? _room;
    private long _posted; // bytes on their way to the loop
    private long _queued; // bytes in the core
    private long _unread;
    private bool _isEnded;
    private bool _isStalled;

    internal ViewerData(int maxMessage) => _maxMessage = maxMessage;

    /// <summary>Bytes of messages that wait to be sent and acknowledged, a moment ago.</summary>
    public long QueuedBytes
    {
        get
        {
            lock (_gate)
            {
                return _posted + _queued;
            }
        }
    }

    /// <summary>Waits for the next event; null when the session is over. A message's bytes belong to the caller. For one reader at a time.</summary>
    public async ValueTask<DataChannelEvent?> ReadAsync(CancellationToken cancellation)
    {
        if (!await _events.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false) || !_events.Reader.TryRead(out var e))
        {
            return null;
        }
        var goesOn = false;
        lock (_gate)
        {
            _unread -= e.Data.Length + Overhead;
            if (_isStalled && _unread < MaxUnreadBytes / 2)
            {
                (_isStalled, goesOn) = (false, true);
            }
        }
        if (goesOn)
        {
            _post?.Invoke(new DataRequest.GoOn());
        }
        return e;
    }

    /// <summary>Opens a channel; its event <see cref="DataChannelEventKind.Opened"/> tells when the viewer has it. Ignored if there are too many.</summary>
    public void Open(DataChannelSetup setup) => _post?.Invoke(new DataRequest.Open(setup));

    /// <summary>Closes a channel behind what was sent on it.</summary>
    public void Close(DataChannel channel) => _post?.Invoke(new DataRequest.Close(channel));

    /// <summary>Sends a message if there is room; it is copied. A channel that closes in the meantime loses it.</summary>
    public DataSendResult TrySend(DataChannel channel, ReadOnlySpan<byte> data, bool isText)
    {
        ArgumentNullException.ThrowIfNull(channel);
        if (data.Length > _maxMessage)
        {
            return DataSendResult.TooLong;
        }
        var cost = data.Length + Overhead;
        lock (_gate)
        {
            if (_isEnded || channel.State > DataChannelState.Open)
            {
                return DataSendResult.NotOpen;
            }
            if (_posted + _queued + cost > MaxQueuedBytes)
            {
                return DataSendResult.QueueFull;
            }
            _posted += cost;
        }
        _post?.Invoke(new DataRequest.Send(channel, data.ToArray(), isText));
        return DataSendResult.Queued;
    }

    /// <summary>Sends a message, and waits for room until there is some.</summary>
    /// <returns>Anything but <see cref="DataSendResult.QueueFull"/>.</returns>
    public async ValueTask<DataSendResult> SendAsync(
        DataChannel channel,
        ReadOnlyMemory<byte> data,
        bool isText,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            var result = TrySend(channel, data.Span, isText);
            if (result != DataSendResult.QueueFull)
            {
                return result;
            }
            await room.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Tells how to reach the loop.</summary>
    internal void Connect(Action<DataRequest> post) => _post = post;

    /// <summary>Carries out a request, on the loop's thread.</summary>
    internal void Carry(DataRequest request, PeerDataChannels channels, TimeSpan now)
    {
        switch (request)
        {
            case DataRequest.Send send:
                channels.Send(send.Channel, send.Data, send.IsText, now);
                lock (_gate)
                {
                    _queued = channels.QueuedBytes;
                    _posted -= send.Data.Length + Overhead;
                }
                break;
            case DataRequest.Open open:
                channels.Open(open.Setup);
                break;
            case DataRequest.Close close:
                channels.Close(close.Channel);
                break;
        }
    }

    /// <summary>Takes over what came, as far as there is room, on the loop's thread.</summary>
    internal void Drain(PeerDataChannels channels)
    {
        while (HasRoom() && channels.TryRead(out var e))
        {
            lock (_gate)
            {
                _unread += e.Data.Length + Overhead;
            }
            _events.Writer.TryWrite(e with { Data = e.Data.ToArray() });
        }
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            _queued = channels.QueuedBytes;
            if (_posted + _queued <= MaxQueuedBytes / 2)
            {
                (room, _room) = (_room, null);
            }
        }
        room?.TrySetResult();
    }

    /// <summary>The session is over.</summary>
    internal void End()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _isEnded = true;
            (room, _room) = (_room, null);
        }
        room?.TrySetResult();
        _events.Writer.TryComplete();
    }

    private bool HasRoom()
    {
        lock (_gate)
        {
            _isStalled = _unread >= MaxUnreadBytes || _events.Reader.Count >= MaxUnread;
            return !_isStalled;
        }
    }
}
