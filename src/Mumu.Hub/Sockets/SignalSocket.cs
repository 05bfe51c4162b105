// One WebSocket: a pump that reads, a pump that writes, and bounded queues between them and the session that owns it.
using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Mumu.Hub.Storage;
using Mumu.Signaling;

namespace Mumu.Hub.Sockets;

/// <summary>
/// Sending never waits: what does not fit into the queue closes the socket, so that one slow reader costs nobody else anything. <see cref="Send"/> and
/// <see cref="Close"/> may be called from any thread; frames are read by one owner.
/// </summary>
internal sealed class SignalSocket
{
    private const int ReceiveBytes = 4096;
    private const int InboxFrames = 16;

    // Real time on purpose: how long a vanished peer may hold the connection, not a rule of the protocol.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly WebSocket webSocket;
    private readonly HubLimits limits;
    private readonly TimeProvider time;
    private readonly Channel<byte[]> inbox = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(InboxFrames) { SingleReader = true });
    private readonly Channel<byte[]> outbox;
    private Closing? closing;
    private long heard;
    private int queuedBytes;
    private bool isSlow;
    private bool isOver;

    public SignalSocket(WebSocket webSocket, string address, string? host, HubLimits limits, TimeProvider time)
    {
        this.webSocket = webSocket;
        this.limits = limits;
        this.time = time;
        Address = address;
        Host = host;
        Opened = heard = time.GetTimestamp();
        outbox = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(limits.QueuedMessages) { SingleReader = true });
    }

    /// <summary>The client's address, for the audit log.</summary>
    public string Address { get; }

    /// <summary>The host by which the client reached the hub, without a port, as the client itself says.</summary>
    public string? Host { get; }

    /// <summary>When it was opened, in the clock's timestamps.</summary>
    public long Opened { get; }

    /// <summary>The session said hello and was accepted.</summary>
    public bool IsGreeted { get; set; }

    /// <summary>The session has ended or is about to; nothing new may be bound to it.</summary>
    public bool IsOver
    {
        get => Volatile.Read(ref isOver);
        private set => Volatile.Write(ref isOver, value);
    }

    /// <summary>A close was asked for; frames still arriving are dropped.</summary>
    public bool IsClosing => Volatile.Read(ref closing) is not null;

    /// <summary>For how long nothing came.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref heard));

    /// <summary>Frames in order of arrival; an empty one stands for a binary frame. Ends when either side closes.</summary>
    public IAsyncEnumerable<byte[]> Frames => inbox.Reader.ReadAllAsync();

    /// <summary>Queues a message; closes the socket if it is too slow to take it.</summary>
    public void Send<T>(string type, T payload, string? requestId = null) =>
        Send(type, JsonSerializer.SerializeToElement(payload, (JsonTypeInfo<T>)SignalingJson.Wire.GetTypeInfo(typeof(T))!), requestId);

    /// <inheritdoc cref="Send{T}"/>
    public void Send(string type, JsonElement payload, string? requestId = null)
    {
        if (IsOver)
        {
            return;
        }

        Put(Frame(type, payload, requestId));
    }

    /// <summary>
    /// Passes on what another client sent; null, or the sentence for that client. Half of the queue is kept for the hub's own messages, so that a client can fill
    /// another's queue but never cost it the connection; a message that grew beyond the limit by its new envelope and escapes would cost it that, too.
    /// </summary>
    public string? Forward(string type, JsonElement payload, string? requestId)
    {
        byte[] frame = Frame(type, payload, requestId);
        if (frame.Length > Envelope.MaxBytes)
        {
            return "The message is too large to be passed on";
        }

        if (Volatile.Read(ref queuedBytes) + frame.Length > limits.QueuedBytes / 2 || outbox.Reader.Count >= limits.QueuedMessages / 2)
        {
            return "The other side does not take messages that fast";
        }

        Put(frame);
        return null;
    }

    /// <summary>Ends the session and closes the socket after what is queued; the first reason counts.</summary>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        Interlocked.CompareExchange(ref closing, new Closing(status, reason), null);
        inbox.Writer.TryComplete();
    }

    /// <summary>Runs both pumps around the owner's loop, then closes.</summary>
    public async Task RunAsync(Func<Task> owner, Func<Task> ended)
    {
        Task receiving = ReceiveAsync();
        Task sending = SendAsync();
        try
        {
            await owner();
        }
        finally
        {
            IsOver = true;
            inbox.Writer.TryComplete();
            try
            {
                await ended();
            }
            finally
            {
                await FinishAsync(receiving, sending);
            }
        }
    }

    private byte[] Frame(string type, JsonElement payload, string? requestId) =>
        JsonSerializer.SerializeToUtf8Bytes(new Envelope(type, requestId, time.NowText(), payload), SignalingJson.Wire.Envelope);

    private void Put(byte[] frame)
    {
        if (Interlocked.Add(ref queuedBytes, frame.Length) > limits.QueuedBytes || !outbox.Writer.TryWrite(frame))
        {
            isSlow = !IsClosing;
            Close(WebSocketCloseStatus.InternalServerError, "Too slow");
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[ReceiveBytes];
        var message = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await webSocket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                Volatile.Write(ref heard, time.GetTimestamp());
                if (message.WrittenCount + part.Count > Envelope.MaxBytes)
                {
                    Close(WebSocketCloseStatus.MessageTooBig, $"A message is at most {Envelope.MaxBytes} bytes");
                }

                if (IsClosing)
                {
                    continue;
                }

                message.Write(buffer.AsSpan(0, part.Count));
                if (part.EndOfMessage)
                {
                    byte[] frame = part.MessageType == WebSocketMessageType.Text ? message.WrittenSpan.ToArray() : [];
                    message.ResetWrittenCount();
                    await PutAsync(frame);
                }
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            // The peer vanished without a close, or broke the WebSocket protocol; the session ends either way.
        }
        finally
        {
            inbox.Writer.TryComplete();
        }
    }

    private async ValueTask PutAsync(byte[] frame)
    {
        while (!inbox.Writer.TryWrite(frame) && await inbox.Writer.WaitToWriteAsync()) { }
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (byte[] frame in outbox.Reader.ReadAllAsync())
            {
                await webSocket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                Interlocked.Add(ref queuedBytes, -frame.Length);
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            // The connection is gone; the reading pump ends the session.
            inbox.Writer.TryComplete();
        }
    }

    private async Task FinishAsync(Task receiving, Task sending)
    {
        outbox.Writer.TryComplete();
        if (!isSlow && await InTimeAsync(sending) && await InTimeAsync(SayCloseAsync()))
        {
            await InTimeAsync(receiving);
        }

        webSocket.Abort();
        await Task.WhenAll(receiving, sending);
    }

    private async Task SayCloseAsync()
    {
        if (webSocket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        Closing with = closing ?? new Closing(WebSocketCloseStatus.NormalClosure, "");
        try
        {
            await webSocket.CloseOutputAsync(with.Status, with.Reason, CancellationToken.None);
        }
        catch (Exception e) when (IsGone(e))
        {
            // It closed at the same moment from the other side.
        }
    }

    private static bool IsGone(Exception e) => e is WebSocketException or OperationCanceledException or ObjectDisposedException;

    private static async Task<bool> InTimeAsync(Task task) => await Task.WhenAny(task, Task.Delay(Linger)) == task;

    private sealed record Closing(WebSocketCloseStatus Status, string Reason);
}
