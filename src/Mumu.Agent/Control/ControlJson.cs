// How the control API writes JSON, by generated code.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mumu.Agent.Control;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GlobalConf))]
[JsonSerializable(typeof(PathConf))]
[JsonSerializable(typeof(Page<PathConf>))]
[JsonSerializable(typeof(ControlPath))]
[JsonSerializable(typeof(Page<ControlPath>))]
[JsonSerializable(typeof(RtspConn))]
[JsonSerializable(typeof(Page<RtspConn>))]
[JsonSerializable(typeof(RtspSession))]
[JsonSerializable(typeof(Page<RtspSession>))]
[JsonSerializable(typeof(RtmpConn))]
[JsonSerializable(typeof(Page<RtmpConn>))]
[JsonSerializable(typeof(WebRtcSession))]
[JsonSerializable(typeof(Page<WebRtcSession>))]
[JsonSerializable(typeof(HlsMuxer))]
[JsonSerializable(typeof(Page<HlsMuxer>))]
[JsonSerializable(typeof(HlsSession))]
[JsonSerializable(typeof(Page<HlsSession>))]
[JsonSerializable(typeof(Recording))]
[JsonSerializable(typeof(Page<Recording>))]
[JsonSerializable(typeof(ControlInfo))]
[JsonSerializable(typeof(ControlOk))]
[JsonSerializable(typeof(ControlError))]
internal sealed partial class ControlJson : JsonSerializerContext;
