// One camera of the agent: its settings, its stream, and how it is.
using System.Globalization;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Forwarding;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;
using Mumu.Media.Publishing;
using Mumu.Media.Sources.Filler;
using Mumu.Media.Streams;
using Mumu.Media.Transcoding;
using Mumu.Media.Units;
using Mumu.Signaling;

namespace Mumu.Agent.Cameras;

/// <summary>
/// A camera, which is a path under its id. One whose settings change is replaced by another, except for its name. Besides those of the settings there are those that live while somebody publishes to them.
/// </summary>
public sealed class Camera : IAsyncDisposable
{
    internal const string SubSuffix = "/sub";
    private const int MaxMessage = 300;
    private readonly CameraHealth _health;
    private readonly TimeProvider _time;
    private readonly Action<PathEvent> _happened;
    private readonly CancellationTokenSource _retired = new();
    private readonly Lock _lock = new();
    private readonly DerivedStreams _derived;
    private string? _status;
    private DateTimeOffset _since;
    private int _width;
    private int _height;
    private double _fps;

    internal Camera(
        string id,
        CameraSettings settings,
        CameraSourceFactory sources,
        TimeProvider time,
        ILogger logger,
        Action<PathEvent> happened,
        bool isTemporary = false,
        Func<TranscodeSettings>? transcode = null
    )
    {
        _happened = happened;
        _health = new CameraHealth(time, Tell);
        Readers.Changed = Tell;
        Id = id;
        Settings = settings;
        _time = time;
        _since = time.GetUtcNow();
        IsTemporary = isTemporary;
        Slot = settings.Source == CameraSourceKind.Publisher ? new PublisherSlot(time) : null;
        var options = Slot is null ? new StreamOptions { OnDemand = settings.OnDemand } : PublisherSlot.StreamOptions;
        Retired = _retired.Token;
        Stream = new MediaStream(
            id,
            () => settings.Filler && Slot is null ? new FilledSource(Observed, time, logger) : Observed(),
            options,
            time,
            logger
        );
        ISource Observed() => new ObservedSource(Slot?.CreateSource() ?? sources(id, settings), _health);
        _derived = new DerivedStreams(Stream, () => (transcode?.Invoke() ?? new TranscodeSettings()).Permission, time, logger);
    }

    /// <summary>Its key in the settings and its path in WHEP.</summary>
    public string Id { get; }

    /// <summary>What the settings say of it.</summary>
    public CameraSettings Settings { get; private set; }

    /// <summary>The name for people.</summary>
    public string Name => Settings.Name ?? Id;

    /// <summary>True for the second stream of another camera, whose id stands in front of <c>/sub</c>.</summary>
    public bool IsSub => !IsTemporary && Id.EndsWith(SubSuffix, StringComparison.Ordinal);

    /// <summary>True if it stands in no settings and lives while it is published.</summary>
    public bool IsTemporary { get; }

    /// <summary>Where its publisher publishes; null if its source is another.</summary>
    public PublisherSlot? Slot { get; }

    /// <summary>Who reads it, over every protocol that says so.</summary>
    public PathReaders Readers { get; } = new();

    /// <summary>Where it is sent on to, over every protocol.</summary>
    internal IReadOnlyList<Forward> Forwards { get; set; } = [];

    /// <summary>Carries its pictures.</summary>
    public MediaStream Stream { get; }

    /// <summary>
    /// What a reader of these formats is to read: <see cref="Stream"/>, or a form of it on the same timeline with sound or picture transcoded, where that is needed and allowed. Ask once the stream plays: it goes by the tracks
    /// that are known.
    /// </summary>
    public MediaStream StreamFor(ReaderFormats formats) => _derived.For(formats);

    /// <summary>The same, waiting until the stream plays.</summary>
    /// <exception cref="SourceException">The source failed first.</exception>
    public Task<MediaStream> StreamForAsync(ReaderFormats formats, CancellationToken cancellation) =>
        _derived.ForAsync(formats, cancellation);

    /// <summary>Its pictures as JPEG: moving ones, or one for each key frame.</summary>
    /// <exception cref="SourceException">The source failed, or its pictures can't be had as JPEG.</exception>
    public Task<MediaStream> JpegAsync(bool isMoving, CancellationToken cancellation) => _derived.JpegAsync(isMoving, cancellation);

    /// <summary>Since when its source plays; null while it does not.</summary>
    public DateTimeOffset? PlayingSince => _health.PlayingSince;

    /// <summary>Cancelled when the camera was removed or its settings changed: whoever watches has to begin anew.</summary>
    public CancellationToken Retired { get; }

    /// <summary>
    /// How the camera is. An on-demand camera nobody watches is <c>ready</c> if it played the last time, and also if it was never tried: saying "offline" of a camera
    /// nobody has asked would be a guess. One that failed the last time keeps that failure until it plays again.
    /// </summary>
    public CameraPresence Presence()
    {
        var statistics = Stream.Statistics;
        var (status, message) = Slot is { Current: null }
            ? ("offline", "Nobody publishes to this path now.")
            : Judge(FailedBehindFiller ? StreamState.Failed : Stream.State, _health.Failure);
        lock (_lock)
        {
            if (status != _status)
            {
                _status = status;
                _since = _time.GetUtcNow();
            }
            if (statistics.Width > 0)
            {
                (_width, _height) = (statistics.Width, statistics.Height);
            }
            // The measured rate wavers; people are told of a new one only when it is really another.
            if (statistics.FramesPerSecond > 0 && Math.Abs(statistics.FramesPerSecond - _fps) > Math.Max(1, _fps * 0.2))
            {
                _fps = Math.Round(statistics.FramesPerSecond);
            }
            var since = _since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            return new CameraPresence(Id, Name, status, message, _health.Codec, _width, _height, _fps, since);
        }
    }

    // The stream plays on with the filler's picture, but the camera is away.
    private bool FailedBehindFiller => Settings.Filler && _health.Failure is not null;

    /// <summary>Takes over settings that differ in the name and in where the stream is sent on to.</summary>
    internal bool TryRename(CameraSettings settings)
    {
        // Its second stream is a camera of its own here.
        if (settings with { Name = null, Sub = null, Forward = null } != Settings with { Name = null, Sub = null, Forward = null })
        {
            return false;
        }
        Settings = settings;
        return true;
    }

    /// <summary>Tells who watches that it is over, then stops the source.</summary>
    public async ValueTask DisposeAsync()
    {
        await _retired.CancelAsync().ConfigureAwait(false);
        await _derived.DisposeAsync().ConfigureAwait(false);
        await Stream.DisposeAsync().ConfigureAwait(false);
        _retired.Dispose();
    }

    // What a publisher's end means for the source is told as that end.
    private void Tell(PathEventKind kind, string? message)
    {
        if (kind != PathEventKind.SourceError || Slot is null)
        {
            _happened(new PathEvent(kind, Id) { Message = message });
        }
    }

    private void Tell(PathReader reader, bool joined) =>
        _happened(
            new PathEvent(joined ? PathEventKind.ReaderJoined : PathEventKind.ReaderLeft, Id)
            {
                Protocol = reader.Protocol,
                Remote = reader.Remote,
                User = reader.Key,
                Session = reader.Id,
            }
        );

    private static (string Status, string? Message) Judge(StreamState state, SourceException? failure) =>
        (state, failure) switch
        {
            (StreamState.Ready, _) => ("ready", null),
            // While it is tried again it stays what it was, or it would flicker with every attempt.
            (_, { Failure: SourceFailure.Unreachable or SourceFailure.NoSuchHost or SourceFailure.Stalled }) => (
                "offline",
                Clip(failure.Message)
            ),
            (_, not null) => ("error", Clip(failure.Message)),
            (StreamState.Connecting, _) => ("connecting", "The camera is being asked for its picture."),
            _ => ("ready", null),
        };

    private static string Clip(string message) => message.Length <= MaxMessage ? message : message[..MaxMessage] + "…";
}
