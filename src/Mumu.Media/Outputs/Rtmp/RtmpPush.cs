// Publishes a stream to an RTMP server elsewhere.
using Mumu.Media.Sources;
using Mumu.Media.Sources.Rtmp;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>Reads a stream and publishes it over RTMP or RTMPS. One run is one session; who wants more tries again. A slow server loses frames up to the next key frame; the stream never waits for it.</summary>
public sealed class RtmpPush
{
    private readonly RtmpOptions _options;
    private readonly RtmpAddress _address;
    private readonly TimeProvider _time;
    private RtmpClientSession? _session;
    private RtmpReader? _reader;

    /// <summary>Makes one; nothing is sent before it runs.</summary>
    /// <param name="options">Where to.</param>
    /// <param name="time">The clock of its waits.</param>
    /// <exception cref="ArgumentException">The address is not rtmp:// or rtmps:// with a host and a path.</exception>
    public RtmpPush(RtmpOptions options, TimeProvider time)
    {
        if (!RtmpAddress.TryParse(options.Uri, out _address))
        {
            throw new ArgumentException("An address of RTMP is written rtmp://host/app/stream.", nameof(options));
        }
        (_options, _time) = (options, time);
    }

    /// <summary>Bytes sent in this run.</summary>
    public long Bytes => Volatile.Read(ref _session)?.Outbox.Written ?? 0;

    /// <summary>Frames left out because the server was too slow.</summary>
    public long Dropped => Volatile.Read(ref _reader)?.Dropped ?? 0;

    /// <summary>Connects and publishes until cancelled.</summary>
    /// <param name="stream">What to publish; its source is started if need be.</param>
    /// <param name="started">Called once the server takes it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SourceException">It ended otherwise; the message is a sentence without credentials.</exception>
    public async Task RunAsync(MediaStream stream, Action started, CancellationToken cancellation)
    {
        await stream.WaitReadyAsync(cancellation).ConfigureAwait(false);
        var tracks = new RtmpTracks(stream.Tracks);
        if (tracks.IsEmpty)
        {
            throw new SourceException(SourceFailure.UnsupportedCodec, "RTMP carries none of the stream's formats.");
        }
        var where = new SourceAddress(_address.Host, _address.Port, _address.IsTls, "RTMP", _options.Networks);
        var connection = await SourceConnection.OpenAsync(where, _options.Timeout, null, _time, cancellation).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        using var session = new RtmpClientSession(
            _address,
            publishes: true,
            connection.Stream,
            _options.Timeout,
            _options.StallTimeout,
            _time
        );
        Volatile.Write(ref _session, session);
        RtmpFeed? feed = null;
        try
        {
            var end = await session.RunAsync(Handle, cancellation).ConfigureAwait(false);
            throw RtmpSource.Explain(end, feed is not null);
        }
        finally
        {
            feed?.Stop();
        }

        void Handle(in RtmpClientEvent e)
        {
            if (e.Kind != RtmpClientEventKind.Started || feed is not null)
            {
                return;
            }
            var reader = new RtmpReader(session.Outbox, session.End);
            Volatile.Write(ref _reader, reader);
            feed = new RtmpFeed(stream, tracks, session.StreamId);
            feed.Start();
            feed.Join(reader);
            started();
        }
    }
}
