// A viewer's signaling session: one of possibly several of the same user.
using System.Globalization;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Mumu.Hub.Accounts;
using Mumu.Hub.Devices;
using Mumu.Hub.Sessions;
using Mumu.Hub.Storage;
using Mumu.Signaling;

namespace Mumu.Hub.Sockets;

/// <summary><c>/ws/viewer</c>.</summary>
internal sealed class ViewerSession(
    SignalSocket socket,
    SignIns signIns,
    WatchSessions sessions,
    SocketRegistry registry,
    HubOptions options,
    TimeProvider time,
    ILogger<ViewerSession> logger
) : SignalSession(socket, options.Limits.ViewerRate, options.Limits, time, logger)
{
    private long userId;

    /// <inheritdoc/>
    protected override async Task GreetAsync(Envelope hello)
    {
        if (!TryPayload(hello, out ViewerHello? payload) || string.IsNullOrEmpty(payload!.Token))
        {
            Close("Missing token");
        }
        else if (await signIns.ValidateAsync(payload.Token) is not var (account, signIn))
        {
            Close("Invalid token");
        }
        else
        {
            await AcceptAsync(account, signIn, payload.Token, hello.RequestId);
        }
    }

    /// <inheritdoc/>
    protected override async Task HandleAsync(Envelope message)
    {
        switch (message.Type)
        {
            case MessageTypes.Heartbeat:
                Socket.Send(MessageTypes.HeartbeatAck, new Heartbeat(), message.RequestId);
                break;
            case MessageTypes.WatchRequest when Payload<WatchRequest>(message) is { } watch:
                await WatchAsync(watch, message.RequestId);
                break;
            case MessageTypes.SignalOffer when Payload<SignalSdp>(message) is { } offer:
                Offer(offer, message);
                break;
            case MessageTypes.SignalIce when Payload<SignalIce>(message) is { } candidate:
                Forward(candidate.SessionId, message);
                break;
            case MessageTypes.EndWatch when Payload<EndWatch>(message) is { } end:
                await EndWatchAsync(end, message.RequestId);
                break;
            case MessageTypes.WatchRequest or MessageTypes.SignalOffer or MessageTypes.SignalIce or MessageTypes.EndWatch:
                break; // Refused as malformed already.
            case MessageTypes.SignalAnswer or MessageTypes.DevicePresence or MessageTypes.PairingRequest:
                Refuse("Unauthorized", message.RequestId);
                break;
            default:
                Refuse("Unknown message type", message.RequestId);
                break;
        }
    }

    /// <inheritdoc/>
    protected override async Task EndAsync()
    {
        await sessions.EndWhereAsync(session => session.Viewer == Socket, WatchEndReasons.ViewerDisconnected, null);
        registry.UnbindViewer(userId, Socket);
    }

    private async Task AcceptAsync(Account account, string signIn, string token, string? requestId)
    {
        var ack = new ViewerHelloAck(account.Id.ToString(CultureInfo.InvariantCulture), Time.NowText());
        if (!registry.BindViewer(account.Id, Socket, signIn, () => Socket.Send(MessageTypes.HelloAck, ack, requestId)))
        {
            Close("Too many connections of this user");
            return;
        }

        userId = account.Id;
        Socket.IsGreeted = true;
        if (await signIns.ValidateAsync(token) is null)
        {
            // It ended between the look and the binding, so its end could not find this socket.
            Close("Invalid token");
        }
    }

    private async Task WatchAsync(WatchRequest watch, string? requestId)
    {
        if (string.IsNullOrEmpty(watch.DeviceId))
        {
            RefuseMalformed("watch_request needs a device_id", requestId);
        }
        else if (watch.Camera is not null && !DeviceRules.IsCamera(watch.Camera))
        {
            RefuseMalformed("watch_request's camera must be 1 to 200 characters of letters, digits, '-', '_', '.', '~' and '/'", requestId);
        }
        else if (await sessions.StartAsync(Socket, userId, watch, requestId) is { } refusal)
        {
            Refuse(refusal, requestId);
        }
    }

    private void Offer(SignalSdp offer, Envelope message)
    {
        if (offer.Sdp is { Type: "offer", Text: { Length: > 0 } })
        {
            Forward(offer.SessionId, message);
        }
        else
        {
            RefuseMalformed("signal_offer needs sdp with type \"offer\" and its text", message.RequestId);
        }
    }

    private void Forward(string? sessionId, Envelope message)
    {
        WatchSession? session = sessions.Find(sessionId);
        if (session is null || session.Viewer != Socket)
        {
            Refuse("Session not found", message.RequestId);
            return;
        }

        if (session.Device.Forward(message.Type, message.Payload, message.RequestId) is { } refusal)
        {
            Refuse(refusal, message.RequestId);
        }
    }

    private async Task EndWatchAsync(EndWatch end, string? requestId)
    {
        WatchSession? session = sessions.Find(end.SessionId);
        if (session is null || session.Viewer != Socket)
        {
            Refuse("Session not found", requestId);
            return;
        }

        await sessions.EndAsync(session, WatchEndReasons.UserEnded, null);
    }

    private void Close(string reason) => Socket.Close(WebSocketCloseStatus.PolicyViolation, reason);
}
