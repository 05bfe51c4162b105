// One viewer as its signaling sees it.
using System.Threading.Channels;

namespace Mumu.Media.WebRtc;

/// <summary>A viewer's session: made by <see cref="WebRtcEngine.AnswerAsync"/>, ended by either side. Safe to use from any thread.</summary>
public sealed class ViewerSession
{
    internal ViewerSession() { }

    /// <summary>A random name, unique in this engine: 32 hex digits.</summary>
    public string Id { get; } = "";

    /// <summary>The answer, with the candidates known so far.</summary>
    public string AnswerSdp { get; } = "";

    /// <summary>SHA-256 of our DTLS certificate: 64 lower-case hex digits.</summary>
    public string LocalFingerprint { get; } = "";

    /// <summary>SHA-256 of the viewer's DTLS certificate as its offer names it: 64 lower-case hex digits. The handshake fails for any other.</summary>
    public string RemoteFingerprint { get; } = "";

    /// <summary>What happens, in order; completes after <see cref="ViewerEvent.Ended"/>.</summary>
    public ChannelReader<ViewerEvent> Events => throw new NotImplementedException();

    /// <summary>A snapshot of its figures.</summary>
    public ViewerStatistics Statistics => throw new NotImplementedException();

    /// <summary>Adds a candidate of the viewer; an empty one is end-of-candidates.</summary>
    /// <returns>False if it is junk; a well-formed one that is of no use is ignored.</returns>
    public bool AddRemoteCandidate(string candidate) => throw new NotImplementedException();

    /// <summary>The viewer has no more candidates.</summary>
    public void EndOfRemoteCandidates() => throw new NotImplementedException();

    /// <summary>Says good-bye and ends the session; completes when it has ended.</summary>
    public ValueTask CloseAsync() => throw new NotImplementedException();
}
