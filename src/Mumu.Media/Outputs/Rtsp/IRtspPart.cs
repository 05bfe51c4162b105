// A connection's part in a path: it plays, or it records.
using Mumu.Media.Outputs.Connections;
using Mumu.Protocols.Rtsp.Server;
using Mumu.Protocols.Sdp;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>A request that waits for an answer, out of the core's event.</summary>
internal sealed record RtspAsk(
    RtspServerEventKind Kind,
    string Path,
    string? Authorization,
    int Track,
    RtspTransportAsk Transport,
    SessionDescription? Description
);

/// <summary>What playing and recording have in common.</summary>
internal interface IRtspPart : IAsyncDisposable
{
    /// <summary>Sets up a track; gives our UDP ports.</summary>
    /// <exception cref="RefusedException">There is no such track, or its ports can't be had.</exception>
    (int Rtp, int Rtcp) SetUp(int track, RtspTransportAsk transport);

    /// <summary>Takes an interleaved packet.</summary>
    void Receive(int channel, ReadOnlySpan<byte> packet, TimeSpan now);

    /// <summary>A sentence if the other end has done nothing for too long; from any thread.</summary>
    string? Stalled(TimeSpan now);
}
