// A stream of an RTMP server as a source.
using Mumu.Media.Units;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Sources.Rtmp;

/// <summary>Plays a stream over RTMP or RTMPS. One run is one session.</summary>
public sealed class RtmpSource : ISource
{
    private readonly RtmpOptions _options;
    private readonly RtmpAddress _address;
    private readonly TimeProvider _time;

    /// <summary>Makes a source; nothing is sent before it runs.</summary>
    /// <param name="options">Which stream.</param>
    /// <param name="time">The clock of its waits.</param>
    /// <exception cref="ArgumentException">The address is not rtmp:// or rtmps:// with a host and a path.</exception>
    public RtmpSource(RtmpOptions options, TimeProvider time)
    {
        if (!RtmpAddress.TryParse(options.Uri, out _address))
        {
            throw new ArgumentException("An address of RTMP is written rtmp://host/app/stream.", nameof(options));
        }
        (_options, _time) = (options, time);
    }

    /// <inheritdoc />
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        var where = new SourceAddress(_address.Host, _address.Port, _address.IsTls, "RTMP", _options.Networks);
        var connection = await SourceConnection.OpenAsync(where, _options.Timeout, null, _time, cancellation).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        using var session = new RtmpClientSession(
            _address,
            publishes: false,
            connection.Stream,
            _options.Timeout,
            _options.StallTimeout,
            _time
        );
        using var intake = new RtmpIntake(sink);
        var hasPlayed = false;
        var end = await session.RunAsync(Handle, cancellation).ConfigureAwait(false);
        throw Explain(end, hasPlayed);

        void Handle(in RtmpClientEvent e)
        {
            var now = _time.GetElapsedTime(0);
            var isTaken = true;
            switch (e.Kind)
            {
                case RtmpClientEventKind.Video:
                    isTaken = intake.Video(e.Timestamp, e.Payload, now);
                    hasPlayed = true;
                    break;
                case RtmpClientEventKind.Audio:
                    isTaken = intake.Audio(e.Timestamp, e.Payload, now);
                    break;
                case RtmpClientEventKind.Metadata:
                    intake.Metadata(e.Metadata!);
                    break;
            }
            if (!isTaken)
            {
                throw new SourceException(SourceFailure.UnsupportedCodec, "The server sends several tracks of one kind in one stream.");
            }
        }
    }

    /// <inheritdoc />
    public void RequestKeyFrame()
    {
        // RTMP has no words for it.
    }

    internal static SourceException Explain(RtmpEnd end, bool hasPlayed) =>
        new(
            end.Reason switch
            {
                RtmpEndReason.NotFound => SourceFailure.NotFound,
                RtmpEndReason.Unauthorized => SourceFailure.WrongPassword,
                RtmpEndReason.Timeout => SourceFailure.Unreachable,
                RtmpEndReason.Stopped => hasPlayed ? SourceFailure.Stalled : SourceFailure.Unreachable,
                _ => SourceFailure.Protocol,
            },
            end.Message
        );
}
