// One connection to the hub, from the greeting to its end.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mumu.Agent.Identity;
using Mumu.Signaling;

namespace Mumu.Agent.Uplink;

/// <summary>Greets, then heartbeats, tells presence, keeps a pairing code while one is wanted, and passes on what concerns watching. One loop owns it.</summary>
internal sealed class HubConnection(
    HubSocket socket,
    HubAddress hub,
    DeviceIdentity identity,
    Pairing pairing,
    PresenceReport presence,
    TimeProvider time,
    Action<Envelope> signal,
    Action<string> refused
)
{
    /// <summary>The hub's word for a message that crossed the end of its session on the way: nothing to warn of.</summary>
    private const string SessionGone = "Session not found";

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GreetLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(20);

    /// <summary>Three heartbeats without any answer: the hub, or the way to it, is gone.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(65);
    private static readonly TimeSpan PresenceInterval = TimeSpan.FromSeconds(2);

    private long _heardAt = time.GetTimestamp();
    private long _heartbeatAt = time.GetTimestamp();
    private long? _presenceAt;

    public bool TrySend<T>(string type, T payload, JsonTypeInfo<T> typeInfo) => socket.TrySend(type, payload, typeInfo);

    /// <summary>Says hello and proves the key.</summary>
    /// <exception cref="UplinkException">The hub refused, or did not answer in time.</exception>
    public async Task GreetAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(GreetLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            socket.TrySend(MessageTypes.Hello, new DeviceHello(identity.DeviceId), SignalingJson.Wire.DeviceHello);
            await foreach (var message in socket.Incoming.ReadAllAsync(either.Token).ConfigureAwait(false))
            {
                switch (message.Type)
                {
                    case MessageTypes.Challenge
                        when Read(message, SignalingJson.Default.Challenge) is { Nonce: { Length: > 0 and <= 256 } nonce }:
                        var proof = identity.Sign(DeviceProof.HelloText(identity.DeviceId, nonce));
                        socket.TrySend(MessageTypes.Hello, new DeviceHello(identity.DeviceId, proof), SignalingJson.Wire.DeviceHello);
                        break;
                    case MessageTypes.HelloAck when Read(message, SignalingJson.Default.DeviceHelloAck) is { } ack:
                        pairing.Greeted(ack.Paired);
                        presence.Forget();
                        return;
                    case MessageTypes.Error when Read(message, SignalingJson.Default.ErrorMessage) is { Message: not null } error:
                        throw new UplinkException($"The hub refused this device: {error.Message}", mustRegister: true);
                    default:
                        break;
                }
            }
            throw new UplinkException("The hub closed the connection.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new UplinkException("The hub did not answer the greeting. Is the address that of a MuMu hub?");
        }
    }

    /// <summary>Runs until the connection ends.</summary>
    /// <exception cref="UplinkException">It ended; the sentence says why.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TickInterval, time);
        Tick();
        var tick = timer.WaitForNextTickAsync(cancellation).AsTask();
        var message = socket.Incoming.WaitToReadAsync(cancellation).AsTask();
        while (true)
        {
            await Task.WhenAny(tick, message).ConfigureAwait(false);
            if (message.IsCompleted)
            {
                if (!await message.ConfigureAwait(false))
                {
                    throw new UplinkException("The connection to the hub ended.");
                }
                while (socket.Incoming.TryRead(out var envelope))
                {
                    Handle(envelope);
                }
                message = socket.Incoming.WaitToReadAsync(cancellation).AsTask();
            }
            if (tick.IsCompleted)
            {
                await tick.ConfigureAwait(false);
                Tick();
                tick = timer.WaitForNextTickAsync(cancellation).AsTask();
            }
        }
    }

    private void Tick()
    {
        if (time.GetElapsedTime(_heardAt) >= SilenceLimit)
        {
            throw new UplinkException("The hub fell silent.");
        }
        if (time.GetElapsedTime(_heartbeatAt) >= HeartbeatInterval)
        {
            _heartbeatAt = time.GetTimestamp();
            socket.TrySend(MessageTypes.Heartbeat, new Heartbeat(), SignalingJson.Wire.Heartbeat);
        }
        if (pairing.TakeRequest())
        {
            socket.TrySend(MessageTypes.PairingRequest, new PairingRequest(), SignalingJson.Wire.PairingRequest);
        }
        var mayTell = _presenceAt is not { } last || time.GetElapsedTime(last) >= PresenceInterval;
        if (mayTell && presence.TakeNews() is { } news)
        {
            _presenceAt = time.GetTimestamp();
            socket.TrySend(MessageTypes.DevicePresence, news, SignalingJson.Wire.DevicePresence);
        }
    }

    private void Handle(Envelope message)
    {
        _heardAt = time.GetTimestamp();
        switch (message.Type)
        {
            case MessageTypes.Heartbeat:
                socket.TrySend(MessageTypes.HeartbeatAck, new Heartbeat(), SignalingJson.Wire.Heartbeat);
                break;
            case MessageTypes.PairingCode when Read(message, SignalingJson.Default.PairingCode) is { } code:
                pairing.Issued(code, hub, identity.DeviceId, identity.Fingerprint);
                break;
            case MessageTypes.Paired when Read(message, SignalingJson.Default.Paired) is { Username: not null } paired:
                pairing.Paired(paired.Username);
                break;
            case MessageTypes.Error when Read(message, SignalingJson.Default.ErrorMessage) is { Message: not null } error:
                if (error.Message != SessionGone)
                {
                    refused(error.Message);
                }
                break;
            case MessageTypes.WatchRequest or MessageTypes.SignalOffer or MessageTypes.SignalIce or MessageTypes.WatchEnded:
                signal(message);
                break;
            default:
                break; // A newer hub may say more than this agent understands.
        }
    }

    /// <summary>Reads a payload; null where it has another shape, so that the message counts as not understood.</summary>
    internal static T? Read<T>(Envelope message, JsonTypeInfo<T> typeInfo)
        where T : class
    {
        try
        {
            return message.Payload.ValueKind == JsonValueKind.Object ? message.Payload.Deserialize(typeInfo) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
