// The WebSocket to the hub: envelopes in and out, both bounded.
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Mumu.Signaling;

namespace Mumu.Agent.Uplink;

/// <summary>One socket's life. <see cref="Incoming"/> completes, with the reason, when it ends.</summary>
internal sealed class HubSocket : IAsyncDisposable
{
    private const int MaxQueue = 512;
    private readonly ClientWebSocket _socket;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<Envelope> _incoming = Channel.CreateBounded<Envelope>(64);
    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxQueue) { SingleReader = true });
    private readonly Task _receiving;
    private readonly Task _sending;

    private HubSocket(ClientWebSocket socket, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        _receiving = ReceiveAsync();
        _sending = SendAsync();
    }

    /// <summary>What the hub sends.</summary>
    public ChannelReader<Envelope> Incoming => _incoming.Reader;

    /// <summary>Messages that were no envelopes and were skipped.</summary>
    public int Malformed { get; private set; }

    /// <summary>Opens the socket.</summary>
    public static async Task<HubSocket> ConnectAsync(
        Uri address,
        HttpMessageInvoker http,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = TimeSpan.Zero; // Heartbeats of the protocol do that.
            await socket.ConnectAsync(address, http, cancellation).ConfigureAwait(false);
            return new HubSocket(socket, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Queues a message; false if the socket has ended or the hub takes nothing any more (then it is ended).</summary>
    public bool TrySend<T>(string type, T payload, JsonTypeInfo<T> typeInfo)
    {
        var ts = _time.GetUtcNow().UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var envelope = new Envelope(type, null, ts, JsonSerializer.SerializeToElement(payload, typeInfo));
        var bytes = JsonSerializer.SerializeToUtf8Bytes(envelope, SignalingJson.Wire.Envelope);
        if (bytes.Length <= Envelope.MaxBytes && _outgoing.Writer.TryWrite(bytes))
        {
            return true;
        }
        if (bytes.Length <= Envelope.MaxBytes)
        {
            End(new UplinkException("The hub takes no messages any more."));
        }
        return false;
    }

    /// <summary>Ends the socket; <see cref="Incoming"/> completes with the reason.</summary>
    public void End(Exception? reason)
    {
        _incoming.Writer.TryComplete(reason);
        _outgoing.Writer.TryComplete();
        _end.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            // Told goodbye, the hub knows at once that the device is gone; a hub that does not listen gets half a second.
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            _outgoing.Writer.TryComplete();
            await _sending.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_sending.IsCompleted && _socket.State == WebSocketState.Open)
            {
                await _socket
                    .CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        End(null);
        await Task.WhenAll(_receiving, _sending).ConfigureAwait(false);
        _socket.Dispose();
        _end.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[Envelope.MaxBytes];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    if (length == buffer.Length)
                    {
                        throw new UplinkException("The hub sent a message that is too long.");
                    }
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), _end.Token).ConfigureAwait(false);
                    if (part.MessageType == WebSocketMessageType.Close)
                    {
                        throw Closed();
                    }
                    length += part.Count;
                } while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Text && Read(buffer.AsSpan(0, length)) is { } envelope)
                {
                    await _incoming.Writer.WriteAsync(envelope, _end.Token).ConfigureAwait(false);
                }
                else
                {
                    Malformed++;
                }
            }
        }
        catch (WebSocketException e)
        {
            End(new UplinkException("The connection to the hub broke.", inner: e));
        }
        catch (Exception e) when (e is UplinkException or OperationCanceledException or ChannelClosedException)
        {
            End(e is UplinkException ? e : null);
        }
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var bytes in _outgoing.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                await _socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, _end.Token).ConfigureAwait(false);
            }
        }
        catch (WebSocketException e)
        {
            End(new UplinkException("The connection to the hub broke.", inner: e));
        }
        catch (OperationCanceledException)
        {
            // Ended from our side; the reason is on Incoming.
        }
    }

    private static Envelope? Read(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, SignalingJson.Default.Envelope) is { Type: not null } envelope ? envelope : null;
        }
        catch (JsonException)
        {
            return null; // Counted by the caller.
        }
    }

    private UplinkException Closed()
    {
        var reason = _socket.CloseStatusDescription;
        return (_socket.CloseStatus, reason) switch
        {
            (WebSocketCloseStatus.PolicyViolation, "Device not found") => new UplinkException(
                "The hub does not know this device.",
                mustRegister: true
            ),
            (WebSocketCloseStatus.PolicyViolation, _) => new UplinkException(
                $"The hub refused this device: {reason?.TrimEnd('.')}.",
                Backoff.Longest / 4,
                mustRegister: true
            ),
            (_, "replaced") => new UplinkException("Another program connected to the hub as this device.", Backoff.Longest / 2),
            _ => new UplinkException(
                string.IsNullOrEmpty(reason) ? "The hub closed the connection." : $"The hub closed the connection: {reason.TrimEnd('.')}."
            ),
        };
    }
}
