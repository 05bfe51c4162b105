// A path at one moment, for lists.
using Mumu.Agent.Cameras;
using Mumu.Agent.Forwarding;
using Mumu.Agent.Settings;
using Mumu.Media.Publishing;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Agent.Paths;

/// <summary>A path.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">The kind of its source.</param>
/// <param name="IsTemporary">True if it stands in no settings.</param>
/// <param name="State">Where its stream stands.</param>
/// <param name="Publication">The publication that is on; null where there is none.</param>
/// <param name="Readers">Who reads it.</param>
/// <param name="Statistics">The figures of its stream.</param>
/// <param name="BytesSent">Bytes sent to all readers there are and were.</param>
/// <param name="PlayingSince">Since when its source plays; null while it does not.</param>
/// <param name="Tracks">Its tracks; none while its source does not play.</param>
/// <param name="Forwards">How sending it on to other servers stands.</param>
public sealed record PathStatus(
    string Name,
    CameraSourceKind Source,
    bool IsTemporary,
    StreamState State,
    Publication? Publication,
    IReadOnlyCollection<PathReader> Readers,
    StreamStatistics Statistics,
    long BytesSent,
    DateTimeOffset? PlayingSince,
    IReadOnlyList<TrackFormat> Tracks,
    IReadOnlyList<ForwardStatus> Forwards
)
{
    /// <summary>The scheme of the address it is taken from, as <c>rtsp</c>; null where it has none.</summary>
    public string? Scheme { get; init; }

    internal static PathStatus Of(Camera camera) =>
        new(
            camera.Id,
            camera.Settings.Source,
            camera.IsTemporary,
            camera.Stream.State,
            camera.Slot?.Current,
            camera.Readers.All,
            camera.Stream.Statistics,
            camera.Readers.Bytes,
            camera.PlayingSince,
            camera.Stream.Tracks,
            [.. camera.Forwards.Select(forward => forward.Status)]
        )
        {
            Scheme = Uri.TryCreate(camera.Settings.Url, UriKind.Absolute, out var address) ? address.Scheme : null,
        };
}
