// What is known of a viewer's path at one moment.
namespace Mumu.Protocols.WebRtc.Congestion;

/// <summary>A snapshot of the estimate by transport-wide feedback.</summary>
/// <param name="Limit">The most bytes a millisecond that the path takes; null while it has shown no limit.</param>
/// <param name="IsProven">True once feedback has come.</param>
/// <param name="Queue">How long packets wait on the way.</param>
/// <param name="Loss">Packets lost before repair in the last half second, 0–1.</param>
public readonly record struct PathView(double? Limit, bool IsProven, TimeSpan Queue, double Loss);
