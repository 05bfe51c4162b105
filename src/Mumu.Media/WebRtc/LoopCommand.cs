// What other threads ask of a viewer loop.
namespace Mumu.Media.WebRtc;

/// <summary>The kind of a <see cref="LoopCommand"/>.</summary>
internal enum LoopCommandKind
{
    /// <summary>A stream comes to the loop, with the frames kept so far.</summary>
    AttachStream,

    /// <summary>A frame of an attached stream.</summary>
    Frame,

    /// <summary>The stream leaves the loop.</summary>
    DetachStream,

    /// <summary>The stream has another format now: its viewers must end.</summary>
    EndStream,

    /// <summary>A viewer comes.</summary>
    AddViewer,

    /// <summary>A candidate for a viewer.</summary>
    AddCandidate,

    /// <summary>A viewer has no more candidates.</summary>
    EndOfCandidates,

    /// <summary>A publisher is asked for a key frame.</summary>
    RequestKeyFrame,

    /// <summary>A viewer restarts ICE.</summary>
    Restart,

    /// <summary>A STUN server for a viewer.</summary>
    AddStunServer,

    /// <summary>A TURN server for a viewer.</summary>
    AddRelay,

    /// <summary>All servers of a viewer that could be found have been told.</summary>
    NoMoreServers,

    /// <summary>A connection beside the loop's socket has messages, or has failed.</summary>
    CarrierReady,

    /// <summary>A request about a viewer's data channels.</summary>
    Data,

    /// <summary>A viewer, not yet known which, has connected to the loop's TCP port.</summary>
    Arrival,

    /// <summary>A viewer must end.</summary>
    CloseViewer,

    /// <summary>All viewers must end.</summary>
    CloseAll,
}

/// <summary>One command; a value, as frames come by it.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Subject">The stream or viewer concerned.</param>
/// <param name="Detail">What the kind needs besides.</param>
internal readonly record struct LoopCommand(LoopCommandKind Kind, object? Subject = null, object? Detail = null);
