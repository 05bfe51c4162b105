// What data channels tell their owner.
namespace Mumu.Protocols.Sctp.DataChannels;

/// <summary>The kind of a <see cref="DataChannelEvent"/>.</summary>
public enum DataChannelEventKind
{
    /// <summary>A channel is open: one of the other side, or one of ours that it has confirmed.</summary>
    Opened,

    /// <summary>A message came.</summary>
    Message,

    /// <summary>A channel is over.</summary>
    Closed,
}

/// <summary>An event; a value, as messages come by it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Channel">Which channel.</param>
/// <param name="Data">A message's bytes, valid until the next event is read.</param>
/// <param name="IsText">The message is UTF-8 text.</param>
public readonly record struct DataChannelEvent(
    DataChannelEventKind Kind,
    DataChannel Channel,
    ReadOnlyMemory<byte> Data = default,
    bool IsText = false
);

/// <summary>What became of a message to be sent.</summary>
public enum DataSendResult
{
    /// <summary>It is on its way.</summary>
    Queued,

    /// <summary>Too much waits already; try again when less does.</summary>
    QueueFull,

    /// <summary>The other side takes no message as long as that.</summary>
    TooLong,

    /// <summary>The channel is not open, or not any more.</summary>
    NotOpen,
}
