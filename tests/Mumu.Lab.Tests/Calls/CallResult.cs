// What became of one call, as its viewer saw it.
namespace Mumu.Lab.Tests.Calls;

/// <param name="IsPlaying">Frames kept coming.</param>
/// <param name="IsRelayed">The path in use goes over a TURN server, on either side.</param>
/// <param name="Pair">Candidate types, the viewer's first, as in <c>relay / srflx</c>.</param>
/// <param name="FirstFrame">From the request to the first decoded frame.</param>
/// <param name="Account">Everything the viewer reported, for when it went wrong.</param>
internal sealed record CallResult(bool IsPlaying, bool IsRelayed, string Pair, TimeSpan? FirstFrame, string Account);
