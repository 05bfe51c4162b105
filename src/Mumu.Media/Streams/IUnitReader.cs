// What every taker of a stream looks like to it: a viewer, a recorder, a test.
using Mumu.Media.Units;

namespace Mumu.Media.Streams;

/// <summary>
/// A reader of a stream. Calls never overlap; they come from the source's thread, or, while attaching, from the caller of
/// <see cref="MediaStream.AddReader"/>. They hold up the stream and every other reader, so they must not block: a reader with a slow
/// far end keeps a bounded queue. A reader that throws is removed from the stream, alone.
/// </summary>
public interface IUnitReader
{
    /// <summary>The tracks, in order of their index: once known, and again whenever a format or a parameter set changes.</summary>
    void OnTracks(IReadOnlyList<TrackFormat> tracks);

    /// <summary>
    /// A unit. The first one is a key frame of the video track (where there is one), and none is left out after it until the source
    /// fails or a key frame starts anew. Takes a reference to keep it past the call.
    /// </summary>
    /// <param name="unit">The unit, read-only.</param>
    /// <param name="isBacklog">True while the cached group of pictures is replayed at attach.</param>
    void OnUnit(Unit unit, bool isBacklog);

    /// <summary>The stream's state: at attach, then at every change.</summary>
    /// <param name="state">The new state.</param>
    /// <param name="message">For <see cref="StreamState.Failed"/> a sentence for people; else null.</param>
    void OnState(StreamState state, string? message);
}
