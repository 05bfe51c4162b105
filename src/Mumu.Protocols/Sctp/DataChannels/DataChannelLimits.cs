// What data channels may use.
namespace Mumu.Protocols.Sctp.DataChannels;

/// <summary>Limits of one peer's data channels. Memory is used only as far as messages wait.</summary>
public sealed record DataChannelLimits
{
    /// <summary>The SCTP port we name; any number does, as nothing but DTLS carries it.</summary>
    internal const ushort Port = 5000;

    /// <summary>The longest message that we take, bytes; announced as <c>a=max-message-size</c>. An association that brings a longer one ends.</summary>
    public int MaxMessageBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of incoming messages that may wait for a slow reader, bookkeeping included; at least twice <see cref="MaxMessageBytes"/>.</summary>
    public int WindowBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of outgoing messages that may wait to be sent and acknowledged.</summary>
    public int MaxQueuedBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Channels open at a time, of both sides together; further ones are closed at once.</summary>
    public int MaxChannels { get; init; } = 256;

    /// <summary>Streams announced in each direction; every open channel uses one.</summary>
    public int Streams { get; init; } = 1024;

    /// <summary>UTF-8 bytes of label and protocol together; a channel with longer ones is closed at once.</summary>
    public int MaxNameBytes { get; init; } = 1024;

    internal SctpOptions ToOptions(ushort remotePort, int maxPacket) =>
        new()
        {
            LocalPort = Port,
            RemotePort = remotePort,
            MaxPacket = maxPacket,
            Streams = (ushort)Streams,
            WindowBytes = WindowBytes,
            MaxMessageBytes = MaxMessageBytes,
            MaxQueuedBytes = MaxQueuedBytes,
        };
}
