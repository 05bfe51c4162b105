// The names of the signaling messages.
namespace Mumu.Signaling;

/// <summary>Values of <see cref="Envelope.Type"/>. Those marked "ours" extend the protocol of existing clients, which ignore them.</summary>
public static class MessageTypes
{
    /// <summary>First message of either side: <see cref="DeviceHello"/> or <see cref="ViewerHello"/>.</summary>
    public const string Hello = "hello";

    /// <summary>Ours, server → device with a key: <see cref="Challenge"/>; the device answers with a second hello that bears the proof.</summary>
    public const string Challenge = "challenge";

    /// <summary>Server → either: <see cref="DeviceHelloAck"/> or <see cref="ViewerHelloAck"/>.</summary>
    public const string HelloAck = "hello_ack";

    /// <summary>Either → server, every 15–30 s.</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>Server → either.</summary>
    public const string HeartbeatAck = "heartbeat_ack";

    /// <summary>Device → server: a free object (ours: <see cref="DevicePresence"/>). Ours, server → viewer: <see cref="PresenceChanged"/>.</summary>
    public const string DevicePresence = "device_presence";

    /// <summary>Ours, device → server: <see cref="PairingRequest"/>; answered by <see cref="PairingCode"/> to the device.</summary>
    public const string PairingRequest = "pairing_request";

    /// <summary>Ours, server → device: <see cref="Signaling.PairingCode"/>.</summary>
    public const string PairingCode = "pairing_code";

    /// <summary>Ours, server → device: <see cref="Signaling.Paired"/>.</summary>
    public const string Paired = "paired";

    /// <summary>Viewer → server: <see cref="WatchRequest"/>; server → device: <see cref="DeviceWatchRequest"/>.</summary>
    public const string WatchRequest = "watch_request";

    /// <summary>Server → viewer: <see cref="WatchReady"/>.</summary>
    public const string WatchReady = "watch_ready";

    /// <summary>Viewer → server → device: <see cref="SignalSdp"/>.</summary>
    public const string SignalOffer = "signal_offer";

    /// <summary>Device → server → viewer: <see cref="SignalSdp"/>.</summary>
    public const string SignalAnswer = "signal_answer";

    /// <summary>Both ways: <see cref="SignalIce"/>.</summary>
    public const string SignalIce = "signal_ice";

    /// <summary>Viewer → server: <see cref="EndWatch"/>. Ours: also device → server.</summary>
    public const string EndWatch = "end_watch";

    /// <summary>Server → either: <see cref="WatchEnded"/>.</summary>
    public const string WatchEnded = "watch_ended";

    /// <summary>Server → either: <see cref="ErrorMessage"/>.</summary>
    public const string Error = "error";
}
