// What became of one call, as its viewer saw it.
namespace Mumu.Lab.Tests.Calls;

/// <param name="IsPlaying">Frames kept coming.</param>
/// <param name="IsRelayed">The path in use goes over a TURN server, on either side.</param>
/// <param name="Pair">Candidate types, the viewer's first, as in <c>relay / srflx</c>.</param>
/// <param name="FirstFrame">From the request to the first decoded frame.</param>
/// <param name="Account">Everything the viewer reported, for when it went wrong.</param>
internal sealed record CallResult(bool IsPlaying, bool IsRelayed, string Pair, TimeSpan? FirstFrame, string Account)
{
    /// <summary>True for a path over a relay. Its address may be learned from a check before it is signaled, so the address tells, not only the type.</summary>
    public static bool IsRelay(string local, string remote, string? remoteAddress) =>
        local == "relay" || remote == "relay" || remoteAddress?.StartsWith("11.0.", StringComparison.Ordinal) == true;
}
