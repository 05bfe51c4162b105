// A viewer's WebSocket to a hub: questions with their answers, and what comes for its sessions.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mumu.Cli.Verbs;
using Mumu.Signaling;

namespace Mumu.Cli.Bench;

/// <summary>One socket that several sessions share, as tabs of one browser do not, but a wall of cameras does.</summary>
internal sealed class HubViewerSocket : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(35); // the hub itself gives a device 30 s

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Envelope>> _questions = new();
    private readonly ConcurrentDictionary<string, HubSession> _sessions = new();
    private Task _receiving = Task.CompletedTask;
    private long _number;
    private volatile string? _end;

    /// <summary>Connects and says hello.</summary>
    /// <exception cref="VerbException">The hub can't be reached or refuses the token.</exception>
    internal static async Task<HubViewerSocket> ConnectAsync(Uri address, string token, CancellationToken cancellation)
    {
        var socket = new HubViewerSocket();
        try
        {
            await socket._socket.ConnectAsync(address, cancellation).ConfigureAwait(false);
            socket._receiving = socket.ReceiveAsync();
            await socket
                .AskAsync(MessageTypes.Hello, new ViewerHello(token), SignalingJson.Wire.ViewerHello, cancellation)
                .ConfigureAwait(false);
            return socket;
        }
        catch (Exception e)
        {
            await socket.DisposeAsync().ConfigureAwait(false);
            if (e is not WebSocketException)
            {
                throw;
            }
            throw new VerbException(
                e.InnerException is HttpRequestException http
                    ? WhepSignaling.Unreachable(address, http)
                    : $"{address.Authority} is no hub: it does not open a signaling socket at {address.AbsolutePath} ({e.Message})"
            );
        }
    }

    /// <summary>Sends a message and waits for the one that answers it.</summary>
    /// <exception cref="VerbException">The hub refuses, ends the socket or says nothing.</exception>
    internal async Task<Envelope> AskAsync<T>(string type, T payload, JsonTypeInfo<T> shape, CancellationToken cancellation)
    {
        var id = $"b{Interlocked.Increment(ref _number)}";
        var answer = new TaskCompletionSource<Envelope>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions[id] = answer;
        try
        {
            await SendAsync(type, payload, shape, id, cancellation).ConfigureAwait(false);
            return await answer.Task.WaitAsync(s_patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new VerbException($"The hub did not answer {type} within {s_patience.TotalSeconds:0} s.");
        }
        finally
        {
            _questions.TryRemove(id, out _);
        }
    }

    /// <summary>Sends the offer of a session and waits for the device's answer.</summary>
    internal async Task<string> OfferAsync(HubSession session, string offer, CancellationToken cancellation)
    {
        _sessions[session.Id] = session;
        var id = $"b{Interlocked.Increment(ref _number)}";
        var refusal = new TaskCompletionSource<Envelope>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions[id] = refusal;
        try
        {
            var message = new SignalSdp(session.Id, new Sdp("offer", offer));
            await SendAsync(MessageTypes.SignalOffer, message, SignalingJson.Wire.SignalSdp, id, cancellation).ConfigureAwait(false);
            var first = await Task.WhenAny(session.Answer, refusal.Task).WaitAsync(s_patience, cancellation).ConfigureAwait(false);
            // A hub may echo our id in the answer, which then comes by both ways; a refusal throws here.
            await first.ConfigureAwait(false);
            return await session.Answer.WaitAsync(s_patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new VerbException($"The device did not answer the offer within {s_patience.TotalSeconds:0} s.");
        }
        finally
        {
            _questions.TryRemove(id, out _);
        }
    }

    /// <summary>Leaves a session.</summary>
    internal async Task LeaveAsync(HubSession session)
    {
        _sessions.TryRemove(session.Id, out _);
        try
        {
            await SendAsync(MessageTypes.EndWatch, new EndWatch(session.Id), SignalingJson.Wire.EndWatch, null, _stop.Token)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is VerbException or OperationCanceledException)
        {
            // The socket ended, and with it the session.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            await _socket
                .CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await _stop.CancelAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        _socket.Dispose();
        _sending.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync<T>(string type, T payload, JsonTypeInfo<T> shape, string? id, CancellationToken cancellation)
    {
        var envelope = new Envelope(type, id, DateTime.UtcNow.ToString("O"), JsonSerializer.SerializeToElement(payload, shape));
        var bytes = JsonSerializer.SerializeToUtf8Bytes(envelope, SignalingJson.Wire.Envelope);
        await _sending.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new VerbException(_end ?? "The connection to the hub is gone.");
        }
        finally
        {
            _sending.Release();
        }
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
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token).ConfigureAwait(false);
                    length += part.Count;
                } while (!part.EndOfMessage && length < buffer.Length);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    EndAll($"The hub closed the connection: {_socket.CloseStatusDescription ?? _socket.CloseStatus.ToString()}.");
                    return;
                }
                Take(JsonSerializer.Deserialize(buffer.AsSpan(0, length), SignalingJson.Wire.Envelope));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or JsonException)
        {
            EndAll($"The connection to the hub is gone: {e.Message}");
        }
    }

    private void Take(Envelope? message)
    {
        switch (message?.Type)
        {
            case MessageTypes.Error when message.RequestId is { } id && _questions.TryGetValue(id, out var refused):
                var said = message.Payload.Deserialize(SignalingJson.Wire.ErrorMessage)?.Message;
                refused.TrySetException(new VerbException($"The hub refused: {said}"));
                break;
            case MessageTypes.SignalAnswer when message.Payload.Deserialize(SignalingJson.Wire.SignalSdp) is { } answer:
                Find(answer.SessionId)?.TakeAnswer(answer.Sdp?.Text);
                break;
            case MessageTypes.SignalIce when message.Payload.Deserialize(SignalingJson.Wire.SignalIce) is { } ice:
                Find(ice.SessionId)?.TakeCandidate(ice.Candidate?.Candidate);
                break;
            case MessageTypes.WatchEnded when message.Payload.Deserialize(SignalingJson.Wire.WatchEnded) is { } ended:
                Find(ended.SessionId)?.End(ended.Message ?? $"The session was ended: {ended.Reason}.");
                break;
            case not null when message.RequestId is { } id && _questions.TryGetValue(id, out var question):
                question.TrySetResult(message);
                break;
        }
    }

    private HubSession? Find(string? id) => id is not null && _sessions.TryGetValue(id, out var session) ? session : null;

    private void EndAll(string sentence)
    {
        _end = sentence;
        foreach (var question in _questions.Values)
        {
            question.TrySetException(new VerbException(sentence));
        }
        foreach (var session in _sessions.Values)
        {
            session.End(sentence);
        }
    }
}
