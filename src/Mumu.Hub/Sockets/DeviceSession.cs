// A device's signaling session: it proves its key, tells its presence, answers watchers.
using System.Buffers.Text;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Mumu.Hub.Audit;
using Mumu.Hub.Devices;
using Mumu.Hub.Http;
using Mumu.Hub.Pairing;
using Mumu.Hub.Presence;
using Mumu.Hub.Sessions;
using Mumu.Hub.Storage;
using Mumu.Signaling;

namespace Mumu.Hub.Sockets;

/// <summary><c>/ws/device</c>.</summary>
internal sealed class DeviceSession(
    SignalSocket socket,
    DeviceStore devices,
    PresenceBoard presence,
    PairingCodes codes,
    WatchSessions sessions,
    SocketRegistry registry,
    AttemptLimiter attempts,
    AuditLog audit,
    HubOptions options,
    TimeProvider time,
    ILogger<DeviceSession> logger
) : SignalSession(socket, options.Limits.DeviceRate, options.Limits, time, logger)
{
    private const int MaxPresenceBytes = 4096;
    private const int MaxSentence = 300;

    private Device? device;
    private Device? challenged;
    private string? nonce;

    /// <inheritdoc/>
    protected override async Task GreetAsync(Envelope hello)
    {
        if (!TryPayload(hello, out DeviceHello? payload) || string.IsNullOrEmpty(payload!.DeviceId))
        {
            Close("Missing device_id");
            return;
        }

        if (challenged is not null)
        {
            await CheckProofAsync(challenged, payload, hello.RequestId);
            return;
        }

        if (!DeviceRules.IsDeviceId(payload.DeviceId) || await devices.FindAsync(payload.DeviceId) is not { } known)
        {
            Close("Device not found");
        }
        else if (known.IsVerified)
        {
            challenged = known;
            nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            Socket.Send(MessageTypes.Challenge, new Challenge(nonce), hello.RequestId);
        }
        else if (!known.AllowUnverified)
        {
            await audit.RefuseAsync(AuditActions.DeviceRefused, null, known.DeviceId, Socket.Address, "no key and not allowed");
            Close("This device has no key and its owner does not allow it");
        }
        else
        {
            await AcceptAsync(known, hello.RequestId);
        }
    }

    /// <inheritdoc/>
    protected override async Task HandleAsync(Envelope message)
    {
        switch (message.Type)
        {
            case MessageTypes.Heartbeat:
                await presence.TouchAsync(device!.Id);
                Socket.Send(MessageTypes.HeartbeatAck, new Heartbeat(), message.RequestId);
                break;
            case MessageTypes.DevicePresence:
                await TellPresenceAsync(message);
                break;
            case MessageTypes.PairingRequest:
                await MakeCodeAsync(message.RequestId);
                break;
            case MessageTypes.SignalAnswer when Payload<SignalSdp>(message) is { } answer:
                await AnswerAsync(answer, message);
                break;
            case MessageTypes.SignalIce when Payload<SignalIce>(message) is { } candidate:
                Forward(candidate.SessionId, message);
                break;
            case MessageTypes.EndWatch when Payload<EndWatch>(message) is { } end:
                await EndWatchAsync(end, message.RequestId);
                break;
            case MessageTypes.SignalAnswer or MessageTypes.SignalIce or MessageTypes.EndWatch:
                break; // Refused as malformed already.
            case MessageTypes.WatchRequest or MessageTypes.SignalOffer:
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
        await sessions.EndWhereAsync(session => session.Device == Socket, WatchEndReasons.DeviceDisconnected, null);
        if (device is not null && registry.UnbindDevice(device.DeviceId, Socket))
        {
            await presence.PublishAsync(device.DeviceId);
        }
    }

    private async Task CheckProofAsync(Device known, DeviceHello hello, string? requestId)
    {
        bool proven =
            hello.DeviceId == known.DeviceId
            && DeviceKey.Verify(known.PublicKey!, DeviceProof.HelloText(known.DeviceId, nonce!), hello.Proof);
        if (proven)
        {
            await AcceptAsync(known, requestId);
            return;
        }

        await audit.RefuseAsync(AuditActions.DeviceRefused, null, known.DeviceId, Socket.Address, "proof does not hold");
        Close("Invalid proof");
    }

    private async Task AcceptAsync(Device known, string? requestId)
    {
        bool isPaired = await devices.OwnerOfAsync(known.Id) is not null;
        var ack = new DeviceHelloAck(known.DeviceId, Time.NowText(), isPaired);
        if (!registry.BindDevice(known.DeviceId, Socket, known.IsVerified, () => Socket.Send(MessageTypes.HelloAck, ack, requestId)))
        {
            await audit.RefuseAsync(AuditActions.DeviceRefused, null, known.DeviceId, Socket.Address, "connected already");
            Close("Device is already connected");
            return;
        }

        device = known;
        Socket.IsGreeted = true;
        await presence.PublishAsync(known.DeviceId);
    }

    private async Task TellPresenceAsync(Envelope message)
    {
        if (message.Payload.ValueKind != JsonValueKind.Object)
        {
            RefuseMalformed("The payload of \"device_presence\" is malformed", message.RequestId);
            return;
        }

        string text = message.Payload.GetRawText();
        if (Encoding.UTF8.GetByteCount(text) > MaxPresenceBytes)
        {
            Refuse($"The presence is too large: at most {MaxPresenceBytes} bytes", message.RequestId);
            return;
        }

        await presence.TellAsync(device!.DeviceId, text);
    }

    private async Task MakeCodeAsync(string? requestId)
    {
        string key = $"codes:{device!.DeviceId}";
        if (!device.IsVerified)
        {
            Refuse("A device without a key asks for its pairing code over HTTP", requestId);
        }
        else if (!attempts.TryTake(key, options.Limits.PairingCodesPerDevice, TimeSpan.FromMinutes(5), out _))
        {
            Refuse("Too many pairing codes for this device. Try again in a few minutes", requestId);
        }
        else
        {
            await audit.WriteAsync(AuditActions.PairingCodeMade, null, device.DeviceId, Socket.Address);
            Socket.Send(MessageTypes.PairingCode, await codes.MakeAsync(device.Id), requestId);
        }
    }

    private async Task AnswerAsync(SignalSdp answer, Envelope message)
    {
        if (answer.Sdp is not { Type: "answer", Text: { Length: > 0 } })
        {
            RefuseMalformed("signal_answer needs sdp with type \"answer\" and its text", message.RequestId);
        }
        else if (Forward(answer.SessionId, message) is { } session)
        {
            await sessions.ActivateAsync(session);
        }
    }

    private WatchSession? Forward(string? sessionId, Envelope message)
    {
        WatchSession? session = sessions.Find(sessionId);
        if (session is null || session.Device != Socket)
        {
            Refuse("Session not found", message.RequestId);
            return null;
        }

        session.Viewer.Send(message.Type, message.Payload, message.RequestId);
        return session;
    }

    private async Task EndWatchAsync(EndWatch end, string? requestId)
    {
        WatchSession? session = sessions.Find(end.SessionId);
        if (session is null || session.Device != Socket)
        {
            Refuse("Session not found", requestId);
            return;
        }

        string? sentence = end.Reason is { Length: > MaxSentence } reason ? reason[..MaxSentence] : end.Reason;
        await sessions.EndAsync(session, WatchEndReasons.Error, sentence);
    }

    private void Close(string reason) => Socket.Close(WebSocketCloseStatus.PolicyViolation, reason);
}
