// Publishes a stream to an RTMP server elsewhere.
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Sources;
using Mumu.Media.Sources.Rtmp;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>Reads a stream and publishes it over RTMP or RTMPS. One run is one session; who wants more tries again. A slow server loses frames up to the next key frame; the stream never waits for it.</summary>
public sealed class RtmpPush : IStreamPush
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

    /// <inheritdoc />
    public long Bytes => Volatile.Read(ref _session)?.Outbox.Written ?? 0;

    /// <inheritdoc />
    public long Dropped => Volatile.Read(ref _reader)?.Dropped ?? 0;

    /// <inheritdoc />
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
            var reader = new RtmpReader(session.Outbox, _ => session.End("has to be asked anew, since the stream's format changed"));
            Volatile.Write(ref _reader, reader);
            feed = new RtmpFeed(stream, tracks, session.StreamId);
            feed.Start();
            feed.Join(reader);
            started();
        }
    }
}
