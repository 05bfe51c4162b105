// What is known of a camera's source from its last attempt, kept while nobody watches.
using Mumu.Agent.Paths;
using Mumu.Media.Units;

namespace Mumu.Agent.Cameras;

/// <summary>
/// The outcome of the last attempt and the picture's last known shape. A stream forgets both when it goes idle; people want to know why a camera was dark when they last looked.
/// Written by the source's thread, read by others.
/// </summary>
internal sealed class CameraHealth(TimeProvider time, Action<PathEventKind, string?> happened)
{
    private readonly Lock _lock = new();
    private SourceException? _failure;
    private string? _codec;
    private DateTimeOffset? _playingSince;

    /// <summary>The failure of the last attempt; null if it played, or if there was none.</summary>
    public SourceException? Failure
    {
        get
        {
            lock (_lock)
            {
                return _failure;
            }
        }
    }

    /// <summary>Since when the source plays; null while it does not.</summary>
    public DateTimeOffset? PlayingSince
    {
        get
        {
            lock (_lock)
            {
                return _playingSince;
            }
        }
    }

    /// <summary>The video codec last announced (the audio codec where there is no picture); null while unknown.</summary>
    public string? Codec
    {
        get
        {
            lock (_lock)
            {
                return _codec;
            }
        }
    }

    public void Announced(IReadOnlyList<TrackFormat> tracks)
    {
        lock (_lock)
        {
            var track = tracks.FirstOrDefault(t => t.Kind == MediaKind.Video) ?? (tracks.Count > 0 ? tracks[0] : null);
            _codec = track?.Codec.ToString().ToUpperInvariant();
        }
    }

    public void Played()
    {
        lock (_lock)
        {
            _failure = null;
            _playingSince = time.GetUtcNow();
        }
        happened(PathEventKind.PathReady, null);
    }

    public void Ended()
    {
        bool played;
        lock (_lock)
        {
            played = _playingSince is not null;
            _playingSince = null;
        }
        if (played)
        {
            happened(PathEventKind.PathNotReady, null);
        }
    }

    public void Failed(SourceException failure)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = _failure?.Message != failure.Message;
            _failure = failure;
        }
        if (isNews)
        {
            happened(PathEventKind.SourceError, failure.Message);
        }
    }
}
