// How the records of this project become JSON: snake_case, source-generated, one context for all.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mumu.Signaling.Rest;

namespace Mumu.Signaling;

/// <summary>The JSON context of every message and every REST body. Unknown members are skipped; nesting is limited to 16 levels.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 16)]
[JsonSerializable(typeof(Envelope))]
[JsonSerializable(typeof(DeviceHello))]
[JsonSerializable(typeof(Challenge))]
[JsonSerializable(typeof(ViewerHello))]
[JsonSerializable(typeof(DeviceHelloAck))]
[JsonSerializable(typeof(ViewerHelloAck))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(DevicePresence))]
[JsonSerializable(typeof(PresenceChanged))]
[JsonSerializable(typeof(PairingRequest))]
[JsonSerializable(typeof(PairingCode))]
[JsonSerializable(typeof(Paired))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(WatchReady))]
[JsonSerializable(typeof(DeviceWatchRequest))]
[JsonSerializable(typeof(SignalSdp))]
[JsonSerializable(typeof(SignalIce))]
[JsonSerializable(typeof(EndWatch))]
[JsonSerializable(typeof(WatchEnded))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(ErrorDetail))]
[JsonSerializable(typeof(HealthStatus))]
[JsonSerializable(typeof(AppStatus))]
[JsonSerializable(typeof(SetupStatus))]
[JsonSerializable(typeof(SetupRequest))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(ChangePasswordRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(UserInfo))]
[JsonSerializable(typeof(RegisterDeviceRequest))]
[JsonSerializable(typeof(RegisterDeviceResponse))]
[JsonSerializable(typeof(DeviceInfo))]
[JsonSerializable(typeof(IReadOnlyList<DeviceInfo>))]
[JsonSerializable(typeof(DeviceStatus))]
[JsonSerializable(typeof(UpdateDeviceRequest))]
[JsonSerializable(typeof(PairRequest))]
[JsonSerializable(typeof(PairResponse))]
[JsonSerializable(typeof(AgentInfo))]
[JsonSerializable(typeof(AgentCamera))]
[JsonSerializable(typeof(IReadOnlyList<AgentCamera>))]
[JsonSerializable(typeof(AddCameraRequest))]
[JsonSerializable(typeof(UpdateCameraRequest))]
[JsonSerializable(typeof(ProbeCameraRequest))]
[JsonSerializable(typeof(ProbeResult))]
[JsonSerializable(typeof(TurnCredentialsResponse))]
[JsonSerializable(typeof(TurnStatus))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class SignalingJson : JsonSerializerContext
{
    private static SignalingJson? wire;

    /// <summary>For writing: plain text stays plain (<c>+</c> and <c>'</c> unescaped), since the bytes go to JSON readers and never into HTML.</summary>
    public static SignalingJson Wire =>
        wire ??= new SignalingJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
