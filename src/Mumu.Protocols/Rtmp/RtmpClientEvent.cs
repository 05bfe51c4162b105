// What the client's core tells its driver.
namespace Mumu.Protocols.Rtmp;

/// <summary>Kinds of events.</summary>
public enum RtmpClientEventKind
{
    /// <summary>The server lets us publish, or plays: media may flow.</summary>
    Started,

    /// <summary>A tag of the picture.</summary>
    Video,

    /// <summary>A tag of sound.</summary>
    Audio,

    /// <summary>What the server says of the stream.</summary>
    Metadata,

    /// <summary>It is over; <see cref="RtmpClientEvent.End"/> says why.</summary>
    Ended,
}

/// <summary>Why a client's session ended.</summary>
public enum RtmpEndReason
{
    /// <summary>The server has no such stream.</summary>
    NotFound,

    /// <summary>The server wants a key, or another one.</summary>
    Unauthorized,

    /// <summary>The server refused for another reason.</summary>
    Refused,

    /// <summary>What came is not RTMP.</summary>
    Protocol,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>The server has ended the stream.</summary>
    Stopped,
}

/// <summary>The end of a client's session.</summary>
/// <param name="Reason">For programs.</param>
/// <param name="Message">For people: a sentence, without credentials.</param>
public sealed record RtmpEnd(RtmpEndReason Reason, string Message);

/// <summary>An event; spans are valid until the next call of the client.</summary>
public readonly ref struct RtmpClientEvent
{
    /// <summary>What happened.</summary>
    public RtmpClientEventKind Kind { get; init; }

    /// <summary>Time of a tag in milliseconds; wraps at 2³².</summary>
    public uint Timestamp { get; init; }

    /// <summary>Bytes of a tag.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The members of <c>onMetaData</c>.</summary>
    public AmfValue? Metadata { get; init; }

    /// <summary>How it ended.</summary>
    public RtmpEnd? End { get; init; }
}
