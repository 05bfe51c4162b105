// What both kinds of signaling session share: hello first, limits, malformed messages, the one loop that owns the state.
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Mumu.Signaling;

namespace Mumu.Hub.Sockets;

/// <summary>All overrides run in the loop of the session's own socket, one at a time.</summary>
internal abstract partial class SignalSession(SignalSocket socket, SocketRate rate, HubLimits limits, TimeProvider time, ILogger logger)
{
    private const int MaxRequestId = 128;

    private readonly RateBucket bucket = new(rate, time);
    private int malformed;

    protected SignalSocket Socket { get; } = socket;

    /// <summary>The hub's clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>Runs until either side closes.</summary>
    public Task RunAsync() => Socket.RunAsync(LoopAsync, EndAsync);

    /// <summary>Handles a hello; sets <see cref="SignalSocket.IsGreeted"/> or closes when it has decided.</summary>
    protected abstract Task GreetAsync(Envelope hello);

    /// <summary>Handles a message after hello.</summary>
    protected abstract Task HandleAsync(Envelope message);

    /// <summary>Undoes what the session did; also called when it never got to hello.</summary>
    protected abstract Task EndAsync();

    /// <summary>The payload as a record, or null after the sender was told that it is malformed.</summary>
    protected T? Payload<T>(Envelope message)
        where T : class
    {
        if (TryPayload(message, out T? payload))
        {
            return payload;
        }

        RefuseMalformed($"The payload of \"{message.Type}\" is malformed", message.RequestId);
        return null;
    }

    protected static bool TryPayload<T>(Envelope message, out T? payload)
        where T : class
    {
        payload = null;
        if (message.Payload.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        try
        {
            payload = message.Payload.Deserialize((JsonTypeInfo<T>)SignalingJson.Default.GetTypeInfo(typeof(T))!);
            return payload is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Answers with <c>error</c>.</summary>
    protected void Refuse(string sentence, string? requestId = null) =>
        Socket.Send(MessageTypes.Error, new ErrorMessage(sentence), requestId);

    /// <summary>Answers with <c>error</c>, and closes after too many.</summary>
    protected void RefuseMalformed(string sentence, string? requestId = null)
    {
        Refuse(sentence, requestId);
        if (++malformed >= limits.MalformedMessages)
        {
            Socket.Close(WebSocketCloseStatus.PolicyViolation, "Too many malformed messages");
        }
    }

    private async Task LoopAsync()
    {
        try
        {
            await foreach (byte[] frame in Socket.Frames)
            {
                if (Socket.IsClosing)
                {
                    return;
                }

                await TakeAsync(frame);
            }
        }
        catch (Exception e)
        {
            Failed(e, GetType().Name);
            Socket.Close(WebSocketCloseStatus.InternalServerError, "A fault on the hub's side");
        }
    }

    private Task TakeAsync(byte[] frame)
    {
        if (!bucket.TryTake())
        {
            Refuse("Too many messages");
            Socket.Close(WebSocketCloseStatus.PolicyViolation, "Too many messages");
            return Task.CompletedTask;
        }

        Envelope? message = Parse(frame);
        if (Socket.IsGreeted)
        {
            if (message is not null)
            {
                return HandleAsync(message);
            }

            RefuseMalformed("The message is malformed: a JSON object with type and payload is expected");
            return Task.CompletedTask;
        }

        if (message?.Type == MessageTypes.Hello)
        {
            return GreetAsync(message);
        }

        Socket.Close(WebSocketCloseStatus.PolicyViolation, "Expected hello message");
        return Task.CompletedTask;
    }

    private static Envelope? Parse(byte[] frame)
    {
        try
        {
            Envelope? message = JsonSerializer.Deserialize(frame, SignalingJson.Default.Envelope);
            return message is { Type: { Length: > 0 } } && !(message.RequestId?.Length > MaxRequestId) && IsWellFormed(message.Payload)
                ? message
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Half a surrogate pair, written as an escape, passes the parser and then can't be written again.</summary>
    private static bool IsWellFormed(JsonElement payload)
    {
        if (payload.ValueKind == JsonValueKind.Undefined || !payload.GetRawText().Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        try
        {
            JsonSerializer.SerializeToUtf8Bytes(payload, SignalingJson.Wire.JsonElement);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Session} failed and is closed.")]
    private partial void Failed(Exception e, string session);
}
