// What a peer tells its owner.
using Mumu.Protocols.Ice;
using Mumu.Protocols.Rtp;

namespace Mumu.Protocols.WebRtc;

/// <summary>What a <see cref="PeerEvent"/> tells.</summary>
public enum PeerEventKind
{
    /// <summary>The handshake is done and media may flow.</summary>
    Connected,

    /// <summary>A local candidate to signal.</summary>
    LocalCandidate,

    /// <summary>There are no more local candidates.</summary>
    GatheringCompleted,

    /// <summary>The viewer misses a packet of one of our tracks.</summary>
    Nack,

    /// <summary>The viewer wants a key frame (PLI or FIR).</summary>
    KeyFrameRequest,

    /// <summary>The viewer reported on one of our tracks; see the track.</summary>
    Report,

    /// <summary>It is over: the last event.</summary>
    Ended,
}

/// <summary>Why a peer ended.</summary>
public enum PeerEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>By <see cref="Peer.Close"/>.</summary>
    Closed,

    /// <summary>The other side said good-bye.</summary>
    RemoteClosed,

    /// <summary>No way to the other side was found in time.</summary>
    ConnectTimeout,

    /// <summary>The DTLS handshake failed.</summary>
    HandshakeFailed,

    /// <summary>The other side stopped answering.</summary>
    ConsentExpired,
}

/// <summary>An event of a peer; a value, since NACKs come by the hundred.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Track">Our track concerned (its place in the peer's list), for NACK, key frame request and report.</param>
/// <param name="Sequence">The packet missed, for NACK.</param>
/// <param name="Candidate">For LocalCandidate.</param>
/// <param name="End">For Ended.</param>
/// <param name="Sentence">For Ended: the reason, for people.</param>
public readonly record struct PeerEvent(
    PeerEventKind Kind,
    int Track = -1,
    SequenceNumber Sequence = default,
    IceCandidate? Candidate = null,
    PeerEnd End = PeerEnd.None,
    string? Sentence = null
);
