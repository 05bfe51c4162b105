// One message of a chunk stream.
namespace Mumu.Protocols.Rtmp;

/// <summary>Types of messages (RTMP §5.4, §6.1, §7.1).</summary>
public enum RtmpMessageType : byte
{
    /// <summary>The size of the chunks that follow.</summary>
    SetChunkSize = 1,

    /// <summary>A message that is not whole will never be.</summary>
    Abort = 2,

    /// <summary>So many bytes have come.</summary>
    Acknowledgement = 3,

    /// <summary>Events: a stream begins, ping, pong.</summary>
    UserControl = 4,

    /// <summary>After how many bytes an acknowledgement is due.</summary>
    WindowAcknowledgementSize = 5,

    /// <summary>How much may be sent without acknowledgement.</summary>
    SetPeerBandwidth = 6,

    /// <summary>A tag of sound.</summary>
    Audio = 8,

    /// <summary>A tag of the picture.</summary>
    Video = 9,

    /// <summary>Metadata in AMF3.</summary>
    DataAmf3 = 15,

    /// <summary>A command in AMF3.</summary>
    CommandAmf3 = 17,

    /// <summary>Metadata in AMF0.</summary>
    DataAmf0 = 18,

    /// <summary>A command in AMF0.</summary>
    CommandAmf0 = 20,

    /// <summary>Several tags in one.</summary>
    Aggregate = 22,
}

/// <summary>A whole message; the payload is valid until the next call of its reader.</summary>
internal readonly ref struct RtmpMessage(RtmpMessageType type, uint streamId, uint timestamp, ReadOnlySpan<byte> payload)
{
    internal RtmpMessageType Type { get; } = type;

    internal uint StreamId { get; } = streamId;

    /// <summary>Milliseconds, which wrap at 2³².</summary>
    internal uint Timestamp { get; } = timestamp;

    internal ReadOnlySpan<byte> Payload { get; } = payload;
}
