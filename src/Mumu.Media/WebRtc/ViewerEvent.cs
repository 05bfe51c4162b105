// What a viewer's session tells.
namespace Mumu.Media.WebRtc;

/// <summary>An event of a <see cref="ViewerSession"/>.</summary>
public abstract record ViewerEvent
{
    private ViewerEvent() { }

    /// <summary>A candidate found after the answer was written, to be trickled to the viewer.</summary>
    /// <param name="Candidate">As RTCIceCandidate.candidate has it.</param>
    /// <param name="Mid">The media section it belongs to.</param>
    /// <param name="MLineIndex">That section's index.</param>
    public sealed record LocalCandidate(string Candidate, string Mid, int MLineIndex) : ViewerEvent;

    /// <summary>There will be no more local candidates.</summary>
    public sealed record EndOfCandidates : ViewerEvent;

    /// <summary>The viewer is connected and media flows.</summary>
    /// <param name="Remote">Its address and port as we see them.</param>
    /// <param name="Elapsed">Time since its offer.</param>
    public sealed record Connected(string Remote, TimeSpan Elapsed) : ViewerEvent;

    /// <summary>A TURN server gave no relay, or took it back; the session goes on without.</summary>
    /// <param name="Server">Its URL.</param>
    /// <param name="Sentence">Why, for people.</param>
    public sealed record RelayUnavailable(string Server, string Sentence) : ViewerEvent;

    /// <summary>The session is over; the last event.</summary>
    /// <param name="Sentence">For people.</param>
    /// <param name="Reason">For programs.</param>
    public sealed record Ended(string Sentence, ViewerEndReason Reason) : ViewerEvent;
}

/// <summary>Why a viewer's session ended.</summary>
public enum ViewerEndReason
{
    /// <summary>The viewer said good-bye.</summary>
    ViewerLeft,

    /// <summary><see cref="ViewerSession.CloseAsync"/> was called.</summary>
    Closed,

    /// <summary>No connection came about in time.</summary>
    ConnectTimeout,

    /// <summary>The DTLS handshake failed; a wrong certificate among the reasons.</summary>
    HandshakeFailed,

    /// <summary>The viewer stopped answering (consent expired, RFC 7675).</summary>
    ConnectionLost,

    /// <summary>The stream now has a format this viewer did not agree to.</summary>
    FormatChanged,

    /// <summary>The engine stopped.</summary>
    EngineStopped,

    /// <summary>A fault of ours; it is in the log.</summary>
    InternalError,
}
