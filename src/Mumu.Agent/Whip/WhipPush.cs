// Sends a stream to another server by WHIP.
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whip;

/// <summary>One attempt at a time to publish a stream elsewhere; whoever forwards decides when to try again.</summary>
/// <param name="engine">The engine; must be running.</param>
/// <param name="target">The WHIP address, with what opens it.</param>
internal sealed class WhipPush(WebRtcEngine engine, SdpTarget target)
{
    private volatile ViewerSession? _session;

    /// <summary>Bytes of media sent in the session that is on, or was last.</summary>
    public long Bytes => _session?.Statistics.Bytes ?? 0;

    /// <summary>True while the other side gets media.</summary>
    public bool IsConnected => _session?.Statistics.IsConnected == true;

    /// <summary>Publishes until it is cancelled; ends with a reason otherwise. Waits for the stream to play as a viewer does (8 s).</summary>
    /// <exception cref="SourceException">The stream does not play, the server can't be reached or refuses, or the session has ended; the message is a sentence without secrets.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the other server has been told.</exception>
    public Task RunAsync(MediaStream stream, CancellationToken cancellation) =>
        OutgoingSession.RunAsync(engine, target, new OutgoingOffer(stream), session => _session = session, null, cancellation);
}
