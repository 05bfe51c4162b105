// Makes the source a camera's settings describe.
using Mumu.Agent.Settings;
using Mumu.Media.Units;

namespace Mumu.Agent.Cameras;

/// <summary>Makes the source of one run of a camera.</summary>
/// <param name="id">The camera's id.</param>
/// <param name="settings">Its settings.</param>
public delegate ISource CameraSourceFactory(string id, CameraSettings settings);

/// <summary>Asks a camera for its tracks without playing it.</summary>
/// <exception cref="SourceException">It has none to give.</exception>
public delegate Task<IReadOnlyList<TrackFormat>> CameraProber(CameraSettings settings, CancellationToken cancellation);

/// <summary>The sources there are.</summary>
internal static class CameraSources
{
    public static CameraSourceFactory Maker(TimeProvider time) =>
        (_, settings) => throw new SourceException(SourceFailure.Unreachable, $"No source for {settings} at {time.GetUtcNow()}.");

    public static CameraProber Prober(TimeProvider time) =>
        (settings, _) => throw new SourceException(SourceFailure.Unreachable, $"No probe for {settings} at {time.GetUtcNow()}.");
}
