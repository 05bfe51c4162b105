// A connection that reads a path.
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Streams;
using Mumu.Media.Transcoding;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>From the request to play to the end.</summary>
internal sealed class RtmpPlaying : IAsyncDisposable
{
    private readonly RtmpServerHost _host;
    private readonly MediaStream _stream;
    private readonly RtmpServerConnection _connection;
    private readonly Admission _admission;
    private readonly CancellationTokenRegistration _retired;
    private readonly RtmpReader _reader;
    private RtmpFeed? _feed;
    private IDisposable? _joined;

    private RtmpPlaying(RtmpServerConnection connection, RtmpServerHost host, Admission admission, MediaStream stream)
    {
        (_connection, _host, _admission, _stream) = (connection, host, admission, stream);
        _retired = admission.Retired.Register(() => connection.Abort("The path was removed or its settings changed."));
        _reader = new RtmpReader(connection.Outbox, connection.Abort);
    }

    /// <summary>Asks whether the client may read, and waits for the stream to play.</summary>
    /// <exception cref="RefusedException">No, or it does not play, or RTMP has no words for it.</exception>
    internal static async Task<RtmpPlaying> BeginAsync(
        RtmpTarget target,
        ReaderFormats formats,
        RtmpServerConnection connection,
        RtmpServerHost host,
        CancellationToken cancellation
    )
    {
        var caller = new RtmpCaller(target.Path, target.User, target.Key, connection.Remote, Publishes: false);
        var admission = await host.AdmitAsync(caller, cancellation).ConfigureAwait(false);
        var stream = await admission.WaitReadyAsync(formats, host.Settings.StreamTimeout, host.Time, cancellation).ConfigureAwait(false);
        return new RtmpTracks(stream.Tracks).IsEmpty
            ? throw new RefusedException(415, "RTMP carries none of the stream's formats.")
            : new RtmpPlaying(connection, host, admission, stream);
    }

    /// <summary>Joins the stream; from now on frames are written to the connection.</summary>
    internal async Task StartAsync(CancellationToken cancellation)
    {
        var tracks = new RtmpTracks(_stream.Tracks);
        _feed = _host.Feeds.Acquire(_stream, feed => feed.Tracks.IsSameAs(tracks), () => new RtmpFeed(_stream, tracks));
        await _feed.JoinAsync(_reader, cancellation).ConfigureAwait(false);
        _joined = _admission.Join?.Invoke(
            new ReaderInfo(
                _connection.Protocol,
                _connection.Remote.ToString(),
                () => _connection.Outbox.Written,
                () => _connection.Abort("The reader was ended by an administrator.")
            )
            {
                Connection = _connection.Id,
            }
        );
        _host.NotePlaying(_admission, _connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _retired.DisposeAsync().ConfigureAwait(false);
        _joined?.Dispose();
        if (_feed is { } feed)
        {
            await feed.LeaveAsync(_reader).ConfigureAwait(false);
            _host.Feeds.Release(feed);
        }
    }
}
