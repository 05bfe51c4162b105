// One data channel.
namespace Mumu.Protocols.Sctp.DataChannels;

/// <summary>What a new channel shall be like.</summary>
/// <param name="Label">A name for the application; need not be unique.</param>
public sealed record DataChannelSetup(string Label)
{
    /// <summary>Names a subprotocol; empty for none.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Messages arrive in the order of sending.</summary>
    public bool IsOrdered { get; init; } = true;

    /// <summary>How often a lost piece is sent again; null for as often as it takes.</summary>
    public ushort? MaxRetransmits { get; init; }

    /// <summary>For how long a message is tried; null for ever. Not together with <see cref="MaxRetransmits"/>.</summary>
    public TimeSpan? MaxLife { get; init; }

    /// <summary>The stream that both sides have agreed on beforehand, so that nothing is announced; null for an announced channel.</summary>
    public ushort? AgreedId { get; init; }
}

/// <summary>The life of a channel; it only moves forward.</summary>
public enum DataChannelState
{
    /// <summary>Announced; the other side has not confirmed it.</summary>
    Connecting,

    /// <summary>Messages flow.</summary>
    Open,

    /// <summary>One side has closed it.</summary>
    Closing,

    /// <summary>Over.</summary>
    Closed,
}

/// <summary>A channel of <see cref="PeerDataChannels"/>. What it is like never changes and may be read by any thread.</summary>
public sealed class DataChannel
{
    internal DataChannel(ushort id, DataChannelSetup setup, DataChannelState state)
    {
        Id = id;
        Setup = setup;
        State = state;
    }

    /// <summary>Its stream, 0–65,534; unique among the open ones.</summary>
    public ushort Id { get; }

    /// <summary>What it is like.</summary>
    public DataChannelSetup Setup { get; }

    /// <summary>The application's name for it.</summary>
    public string Label => Setup.Label;

    /// <summary>How far it has come.</summary>
    public DataChannelState State { get; internal set; }

    /// <summary>The other side knows the channel: only then may messages overtake its announcement (RFC 8832 §6).</summary>
    internal bool IsConfirmed { get; set; }

    internal bool IsResetByUs { get; set; }

    internal bool IsResetByPeer { get; set; }

    /// <inheritdoc />
    public override string ToString() => $"{Id} “{Label}” {State}";
}
