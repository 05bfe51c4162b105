// Looks on at a stream for a session that must end when its camera fails.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Agent.Live;

/// <summary>A reader that takes no units, only the sentence of a failure.</summary>
/// <param name="failed">Gets the sentence; must not block.</param>
internal sealed class StreamFailures(Action<string> failed) : IUnitReader
{
    public void OnTracks(IReadOnlyList<TrackFormat> tracks) { }

    public void OnUnit(Unit unit, bool isBacklog) { }

    public void OnState(StreamState state, string? message)
    {
        if (state == StreamState.Failed)
        {
            failed(message ?? "The camera failed.");
        }
    }
}
