// What the server's core tells its driver.
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.Rtsp.Server;

/// <summary>Kinds of events. All but the last three are requests that wait for the driver's answer; nothing else is read meanwhile.</summary>
public enum RtspServerEventKind
{
    /// <summary>A description of <see cref="RtspServerEvent.Path"/> is wanted: answer with <see cref="RtspServer.AcceptDescribe"/>.</summary>
    Describe,

    /// <summary>Somebody wants to publish to <see cref="RtspServerEvent.Path"/> what <see cref="RtspServerEvent.Description"/> says: answer with <see cref="RtspServer.Accept"/>.</summary>
    Announce,

    /// <summary>A track is to be set up: answer with <see cref="RtspServer.AcceptSetup"/>.</summary>
    Setup,

    /// <summary>Media is to flow to the client: answer with <see cref="RtspServer.AcceptPlay"/>.</summary>
    Play,

    /// <summary>Media will come from the client: answer with <see cref="RtspServer.Accept"/>.</summary>
    Record,

    /// <summary>The client wants no media for now.</summary>
    Paused,

    /// <summary>The session is over; the connection may begin another.</summary>
    TornDown,

    /// <summary>An interleaved packet: <see cref="RtspServerEvent.Channel"/>, <see cref="RtspServerEvent.Payload"/>.</summary>
    Interleaved,

    /// <summary>The connection is over; <see cref="RtspServerEvent.Reason"/> says why. Send what is left, then close.</summary>
    Ended,
}

/// <summary>An event; spans are valid until the next call of the server.</summary>
public readonly ref struct RtspServerEvent
{
    /// <summary>What happened.</summary>
    public RtspServerEventKind Kind { get; init; }

    /// <summary>The path of the address as it stands there, not decoded: without slashes around it, track and query. To be judged by the driver.</summary>
    public string? Path { get; init; }

    /// <summary>The <c>Authorization</c> header; null where there is none.</summary>
    public string? Authorization { get; init; }

    /// <summary>The track of a <see cref="RtspServerEventKind.Setup"/>, from 0.</summary>
    public int Track { get; init; }

    /// <summary>How the client of a <see cref="RtspServerEventKind.Setup"/> wants media to travel.</summary>
    public RtspTransportAsk Transport { get; init; }

    /// <summary>What a client announces.</summary>
    public SessionDescription? Description { get; init; }

    /// <summary>Channel of an interleaved packet.</summary>
    public int Channel { get; init; }

    /// <summary>Bytes of an interleaved packet.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Why the connection ended: a sentence.</summary>
    public string? Reason { get; init; }
}
