// A connection that publishes to a path.
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Publishing;
using Mumu.Media.Sources.Rtmp;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>From the request to publish to the end.</summary>
internal sealed class RtmpPublishing : IAsyncDisposable
{
    private readonly Publication _publication;
    private long _lastMedia;

    private RtmpPublishing(Publication publication, TimeSpan now)
    {
        _publication = publication;
        _lastMedia = now.Ticks;
        Intake = new RtmpIntake(publication);
    }

    internal RtmpIntake Intake { get; }

    /// <summary>Asks whether the client may publish, and begins.</summary>
    /// <exception cref="RefusedException">No.</exception>
    internal static async Task<RtmpPublishing> BeginAsync(
        RtmpTarget target,
        RtmpServerConnection connection,
        RtmpServerHost host,
        CancellationToken cancellation
    )
    {
        var caller = new RtmpCaller(target.Path, target.User, target.Key, connection.Remote, Publishes: true);
        var admission = await host.AdmitAsync(caller, cancellation).ConfigureAwait(false);
        var publisher = new Publisher(connection.Protocol, connection.Remote.ToString(), admission.Key);
        var publication = await admission.PublishAsync!(publisher, cancellation).ConfigureAwait(false);
        _ = FollowAsync(publication, connection);
        return new RtmpPublishing(publication, host.Now);
    }

    /// <summary>Notes that media came.</summary>
    internal void NoteMedia(TimeSpan now) => Volatile.Write(ref _lastMedia, now.Ticks);

    /// <summary>True if nothing came for this long; from any thread.</summary>
    internal bool IsStalled(TimeSpan now, TimeSpan limit) => now.Ticks - Volatile.Read(ref _lastMedia) > limit.Ticks;

    public ValueTask DisposeAsync()
    {
        Intake.Dispose();
        _publication.End("The publisher has left.");
        return ValueTask.CompletedTask;
    }

    // No harm where the connection is what ended it.
    private static async Task FollowAsync(Publication publication, RtmpServerConnection connection) =>
        connection.Abort(await publication.Ended.ConfigureAwait(false));
}
