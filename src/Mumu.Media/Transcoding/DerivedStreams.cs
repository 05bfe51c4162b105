// The transcoded forms of one stream: each made once, on demand, and shared by all who read it.
using Microsoft.Extensions.Logging;
using Mumu.Media.Streams;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Transcoding;

/// <summary>
/// Gives readers the stream itself where they can take it, or a derived one with the same timeline in which sound or picture are transcoded. A derived stream runs while somebody reads it and ends ten seconds after the last.
/// </summary>
public sealed partial class DerivedStreams : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TranscodePlan, MediaStream> _streams = [];
    private readonly MediaStream _original;
    private readonly Func<TranscodePermission> _allowed;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private bool _hasMissed;
    private bool _isDisposed;

    /// <summary>Makes none yet.</summary>
    /// <param name="original">The stream.</param>
    /// <param name="allowed">Tells, each time, what may be transcoded.</param>
    /// <param name="time">The clock of all waits.</param>
    /// <param name="logger">Where failures are told.</param>
    public DerivedStreams(MediaStream original, Func<TranscodePermission> allowed, TimeProvider time, ILogger logger) =>
        (_original, _allowed, _time, _logger) = (original, allowed, time, logger);

    /// <summary>
    /// The stream for a reader that takes these formats; the stream itself where it can take that, where transcoding is not allowed, or where there is no ffmpeg. Waits until the stream's tracks are known.
    /// </summary>
    /// <exception cref="Units.SourceException">The source failed; carries its sentence.</exception>
    public async Task<MediaStream> ForAsync(ReaderFormats formats, CancellationToken cancellation)
    {
        await _original.WaitReadyAsync(cancellation).ConfigureAwait(false);
        return For(formats);
    }

    /// <summary>The same by what is known now: for who has waited for the stream already.</summary>
    public MediaStream For(ReaderFormats formats)
    {
        var plan = TranscodePlan.For(_original.Tracks, formats, _allowed());
        if (plan.IsEmpty)
        {
            return _original;
        }
        if (FfmpegProgram.Find() is not null)
        {
            return Get(plan);
        }
        if (!Interlocked.Exchange(ref _hasMissed, true))
        {
            LogMissing(
                _original.Name,
                plan.Video is null ? "sound"
                    : plan.Audio is null ? "picture"
                    : "picture and sound"
            );
        }
        return _original;
    }

    /// <summary>The stream as JPEG pictures; the stream itself where it is motion JPEG already.</summary>
    /// <param name="isMoving">True for up to ten pictures a second; false for a picture of every key frame, which costs little.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Units.SourceException">The source failed, or there is no ffmpeg.</exception>
    public async Task<MediaStream> JpegAsync(bool isMoving, CancellationToken cancellation)
    {
        await _original.WaitReadyAsync(cancellation).ConfigureAwait(false);
        var video = _original.Tracks.FirstOrDefault(track => track.Kind == Units.MediaKind.Video);
        if (video is null)
        {
            throw new Units.SourceException(Units.SourceFailure.UnsupportedCodec, "This camera has no picture.");
        }
        if (video.Codec != Codec.Jpeg && !_allowed().Stills)
        {
            throw new Units.SourceException(
                Units.SourceFailure.UnsupportedCodec,
                "JPEG pictures are switched off in the settings (“transcode.stills”)."
            );
        }
        if (video.Codec != Codec.Jpeg && FfmpegProgram.Find() is null)
        {
            throw new Units.SourceException(Units.SourceFailure.UnsupportedCodec, FfmpegProgram.Missing);
        }
        return video.Codec == Codec.Jpeg
            ? _original
            : Get(new TranscodePlan(isMoving ? TranscodeTemplate.Motion : TranscodeTemplate.Stills, null, IsAlone: true));
    }

    /// <summary>Ends all derived streams.</summary>
    public async ValueTask DisposeAsync()
    {
        MediaStream[] streams;
        lock (_gate)
        {
            _isDisposed = true;
            streams = [.. _streams.Values];
            _streams.Clear();
        }
        foreach (var stream in streams)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Path {Path}: some readers can't take its {Kind} as it is and go without. Transcoding needs ffmpeg, which is not on this machine: install the package ffmpeg (Debian, Ubuntu: apt install ffmpeg)."
    )]
    private partial void LogMissing(string path, string kind);

    private MediaStream Get(TranscodePlan plan)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_streams.TryGetValue(plan, out var stream))
            {
                var options = new StreamOptions { FirstRetry = TimeSpan.FromSeconds(0.2), LastRetry = TimeSpan.FromSeconds(10) };
                var name = $"{_original.Name} ({string.Join(" and ", new[] { plan.Video, plan.Audio }.Where(t => t is not null))})";
                stream = new MediaStream(
                    name,
                    () => new TranscodedSource(_original, plan, _allowed().Most, _time, _logger),
                    options,
                    _time,
                    _logger
                );
                _streams[plan] = stream;
            }
            return stream;
        }
    }
}
