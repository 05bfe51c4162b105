// The paths by which streams are read and published, whatever the protocol.
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Media.Publishing;

namespace Mumu.Agent.Paths;

/// <summary>
/// Finds paths to read, lets publishers begin, and tells what there is. Every camera of the settings is a path; publishing to a name that no camera has makes a path that lives until <see cref="Grace"/> after
/// its publisher has left. Permission is <see cref="Keys.Access"/>'s matter: ask it first.
/// </summary>
public sealed partial class PathRegistry(CameraRegistry cameras, TimeProvider time, ILogger<PathRegistry> logger)
{
    /// <summary>How long a temporary path outlives its publisher, so that one who comes back finds the readers still there.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>The most paths that stand in no settings.</summary>
    public const int MaxTemporary = 256;

    /// <summary>Finds the path to read; its stream may still have to start. Watch <see cref="Camera.Retired"/> while reading, and tell of yourself in <see cref="Camera.Readers"/>.</summary>
    /// <exception cref="PathRefusedException">There is none, or it waits for a publisher.</exception>
    public Camera FindToRead(PathName name) =>
        cameras.Find(name.Value) switch
        {
            null => throw new PathRefusedException(PathRefusal.NotFound, "There is no such camera."),
            { Slot: { Current: null } } => throw new PathRefusedException(
                PathRefusal.NobodyPublishes,
                "Nobody publishes to this path now."
            ),
            { } camera => camera,
        };

    /// <summary>Looks whether a path can be published to, before anything is begun.</summary>
    /// <exception cref="PathRefusedException">The path has another source.</exception>
    public void CheckToPublish(PathName name)
    {
        if (cameras.Find(name.Value) is { Slot: null })
        {
            throw NotForPublishers();
        }
    }

    /// <summary>Begins to publish. One who publishes there already is ended: the new one has the same right, and the old one is often its own forgotten connection.</summary>
    /// <returns>Where to announce tracks and publish units; end it with <see cref="Publication.End"/>.</returns>
    /// <exception cref="PathRefusedException">The path has another source, or there are too many.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<Publication> PublishAsync(PathName name, Publisher publisher, CancellationToken cancellation)
    {
        var camera =
            cameras.FindOrAddTemporary(name.Value, MaxTemporary)
            ?? throw new PathRefusedException(PathRefusal.TooMany, $"There are {MaxTemporary} published paths already.");
        if (camera.Slot is not { } slot)
        {
            throw NotForPublishers();
        }
        Publication publication;
        try
        {
            publication = await slot.BeginAsync(publisher, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PathRefusedException(PathRefusal.Gone, "The path was taken over or removed just now; try again.");
        }
        finally
        {
            if (slot.Current is null)
            {
                _ = FollowAsync(camera, null);
            }
        }
        LogBegun(camera.Id, publisher.Protocol, publisher.Remote, publisher.Key);
        Tell(PathEventKind.PublisherBegan, camera, publication, null);
        _ = FollowAsync(camera, publication);
        return publication;
    }

    /// <summary>All paths.</summary>
    public IReadOnlyList<PathStatus> List() => [.. cameras.All.Select(PathStatus.Of)];

    /// <summary>One path; null if there is none of that name.</summary>
    public PathStatus? Find(string name) => cameras.All.FirstOrDefault(c => c.Id == name) is { } camera ? PathStatus.Of(camera) : null;

    /// <summary>Ends a reader of any path; false if there is none of that id.</summary>
    public bool KickReader(Guid id) => cameras.All.Any(c => c.Readers.Kick(id));

    /// <summary>All readers and publishers, by path and age.</summary>
    internal IReadOnlyList<MediaSession> Sessions() => [.. cameras.All.SelectMany(MediaSession.Of)];

    /// <summary>Ends the publisher of a path; false if nobody publishes there.</summary>
    public bool KickPublisher(string name)
    {
        var publication = cameras.All.FirstOrDefault(c => c.Id == name)?.Slot?.Current;
        publication?.End("The publisher was ended by an administrator.");
        return publication is not null;
    }

    private static PathRefusedException NotForPublishers() =>
        new(
            PathRefusal.NotForPublishers,
            "This path is a camera with a source of its own; publish to another name, or set its “source” to “publisher”."
        );

    private void Tell(PathEventKind kind, Camera camera, Publication publication, string? message) =>
        cameras.Raise(
            new PathEvent(kind, camera.Id)
            {
                Message = message,
                Protocol = publication.Publisher.Protocol,
                Remote = publication.Publisher.Remote,
                User = publication.Publisher.Key,
                Session = publication.Id,
            }
        );

    private async Task FollowAsync(Camera camera, Publication? publication)
    {
        if (publication is not null)
        {
            var reason = await publication.Ended.ConfigureAwait(false);
            LogEnded(camera.Id, reason);
            Tell(PathEventKind.PublisherEnded, camera, publication, reason);
        }
        if (camera.IsTemporary)
        {
            await Task.Delay(Grace, time, CancellationToken.None).ConfigureAwait(false);
            cameras.RemoveTemporary(camera); // unless somebody publishes again
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Path {Path}: published over {Protocol} from {Remote} with key {Key}.")]
    private partial void LogBegun(string path, string protocol, string remote, string key);

    [LoggerMessage(Level = LogLevel.Information, Message = "Path {Path}: {Reason}")]
    private partial void LogEnded(string path, string reason);
}
