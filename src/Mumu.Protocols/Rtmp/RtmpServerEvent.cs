// What the server's core tells its driver.
namespace Mumu.Protocols.Rtmp;

/// <summary>Kinds of events. The first two are requests that wait for the driver's answer; nothing else is read meanwhile.</summary>
public enum RtmpServerEventKind
{
    /// <summary>Somebody wants to publish to <see cref="RtmpServerEvent.Target"/>: answer with <see cref="RtmpServer.Accept"/> or <see cref="RtmpServer.Refuse"/>.</summary>
    Publish,

    /// <summary>Somebody wants to read <see cref="RtmpServerEvent.Target"/>: answer with <see cref="RtmpServer.Accept"/> or <see cref="RtmpServer.Refuse"/>.</summary>
    Play,

    /// <summary>A tag of the picture of a publisher.</summary>
    Video,

    /// <summary>A tag of sound of a publisher.</summary>
    Audio,

    /// <summary>What a publisher says of its stream.</summary>
    Metadata,

    /// <summary>The client has ended its stream; the connection may begin another.</summary>
    Closed,

    /// <summary>The connection is over; <see cref="RtmpServerEvent.Reason"/> says why. Send what is left, then close.</summary>
    Ended,
}

/// <summary>An event; spans are valid until the next call of the server.</summary>
public readonly ref struct RtmpServerEvent
{
    /// <summary>What happened.</summary>
    public RtmpServerEventKind Kind { get; init; }

    /// <summary>The path of a request, and its key; to be judged by the driver.</summary>
    public RtmpTarget Target { get; init; }

    /// <summary>Time of a tag in milliseconds; wraps at 2³².</summary>
    public uint Timestamp { get; init; }

    /// <summary>Bytes of a tag.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The members of <c>onMetaData</c>.</summary>
    public AmfValue? Metadata { get; init; }

    /// <summary>Why the connection ended: a sentence.</summary>
    public string? Reason { get; init; }
}
