// What can happen to a watch session, as its loop gets it.
using Mumu.Media.WebRtc;
using Mumu.Signaling;

namespace Mumu.Agent.Live;

/// <summary>One step of a session, in the order it happened.</summary>
internal abstract record WatchCommand
{
    private WatchCommand() { }

    /// <summary>The viewer's offer; a further one restarts ICE, or begins anew if it asks for something else.</summary>
    public sealed record Offer(string Sdp) : WatchCommand;

    /// <summary>A candidate of the viewer; null is the end of them.</summary>
    public sealed record Candidate(IceCandidateInit? Init) : WatchCommand;

    /// <summary>Something happened to the media session.</summary>
    public sealed record Media(ViewerSession Viewer, ViewerEvent Event) : WatchCommand;

    /// <summary>The session ends from our side; the sentence goes to the viewer.</summary>
    public sealed record End(string Sentence) : WatchCommand;
}
