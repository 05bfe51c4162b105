// What an RTSP client tells its driver.
namespace Mumu.Protocols.Rtsp;

/// <summary>Kinds of events.</summary>
public enum RtspEventKind
{
    /// <summary>The description is here: choose tracks and call <see cref="RtspClient.Setup"/>.</summary>
    Described,

    /// <summary>The server refuses the transport: call <see cref="RtspClient.Setup"/> with another, or give up.</summary>
    TransportRefused,

    /// <summary>The server plays.</summary>
    Playing,

    /// <summary>The server takes what we announced (see <see cref="RtspAnnouncer"/>): media may flow.</summary>
    Recording,

    /// <summary>An interleaved packet: <see cref="RtspEvent.Channel"/>, <see cref="RtspEvent.Payload"/>. May come before <see cref="Playing"/>.</summary>
    Interleaved,

    /// <summary>The presentation is elsewhere: connect to <see cref="RtspEvent.Location"/>. The session is over.</summary>
    Redirected,

    /// <summary>The session is over: <see cref="RtspEvent.End"/>.</summary>
    Ended,
}

/// <summary>An event; spans are valid until the next call of the client.</summary>
public readonly ref struct RtspEvent
{
    /// <summary>What happened.</summary>
    public RtspEventKind Kind { get; init; }

    /// <summary>Channel of an interleaved packet.</summary>
    public int Channel { get; init; }

    /// <summary>Bytes of an interleaved packet.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Where a redirect points.</summary>
    public Uri? Location { get; init; }

    /// <summary>Why the session ended.</summary>
    public RtspEnd? End { get; init; }
}
