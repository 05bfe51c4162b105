// The paths of the control API, with the field names its clients know.
namespace Mumu.Agent.Control;

/// <summary>A path at one moment.</summary>
internal sealed record ControlPath(
    string Name,
    string ConfName,
    bool Ready,
    DateTimeOffset? ReadyTime,
    bool Available,
    DateTimeOffset? AvailableTime,
    bool Online,
    DateTimeOffset? OnlineTime,
    PathSource? Source,
    IReadOnlyList<string> Tracks,
    IReadOnlyList<PathTrack> Tracks2,
    IReadOnlyList<PathReaderName> Readers,
    long InboundBytes,
    long OutboundBytes,
    long InboundFramesInError,
    long BytesReceived,
    long BytesSent,
    IReadOnlyList<PathForward> Forwards
);

/// <summary>Another server a path is sent on to.</summary>
/// <param name="Target">Where, without credentials.</param>
/// <param name="State"><c>connecting</c>, <c>running</c>, <c>waiting</c> after a failure, or <c>refused</c> where it leads back here.</param>
/// <param name="Since">Since when.</param>
/// <param name="Error">Why it failed the last time; null while it runs.</param>
/// <param name="BytesSent">In all sessions.</param>
/// <param name="FramesDiscarded">Left out because the target was too slow.</param>
internal sealed record PathForward(string Target, string State, DateTimeOffset Since, string? Error, long BytesSent, long FramesDiscarded);

/// <summary>What feeds a path.</summary>
internal sealed record PathSource(string Type, string Id);

/// <summary>Who reads a path.</summary>
internal sealed record PathReaderName(string Type, Guid Id);

/// <summary>A track of a path.</summary>
internal sealed record PathTrack(string Codec, PathTrackProps? CodecProps);

/// <summary>What is known of a track beyond its codec.</summary>
internal sealed record PathTrackProps(int? Width, int? Height, int? SampleRate, int? ChannelCount);

/// <summary>What the program is.</summary>
internal sealed record ControlInfo(string Version, DateTimeOffset Started);

/// <summary>Done.</summary>
internal sealed record ControlOk(string Status = "ok");

/// <summary>Refused.</summary>
internal sealed record ControlError(string Error, string Status = "error");
