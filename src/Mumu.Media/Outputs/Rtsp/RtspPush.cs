// Publishes a stream to an RTSP server elsewhere.
using System.Threading.Channels;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Sources;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Rtsp;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Reads a stream and records it on a server over RTSP or RTSPS, interleaved on the connection.</summary>
public sealed class RtspPush(RtspOptions options, TimeProvider time) : IStreamPush
{
    private const int MaxWaiting = 4096;
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(0.5);
    private Outbox? _outbox;
    private RtspReader? _reader;

    /// <inheritdoc />
    public long Bytes => Volatile.Read(ref _outbox)?.Written ?? 0;

    /// <inheritdoc />
    public long Dropped => Volatile.Read(ref _reader)?.Dropped ?? 0;

    /// <inheritdoc />
    public async Task RunAsync(MediaStream stream, Action started, CancellationToken cancellation)
    {
        await stream.WaitReadyAsync(cancellation).ConfigureAwait(false);
        var tracks = new RtspTracks(stream.Tracks);
        if (tracks.All.Count == 0)
        {
            throw new SourceException(SourceFailure.UnsupportedCodec, "RTSP carries none of the stream's formats.");
        }
        var where = RtspSource.AddressOf(options.Uri, options.Networks);
        var connection = await SourceConnection
            .OpenAsync(where, options.Timeout, options.CertificateSha256, time, cancellation)
            .ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        using var session = new Session(this, stream, tracks, connection.Stream, started);
        throw await session.RunAsync(cancellation).ConfigureAwait(false);
    }

    private sealed class Session : IDisposable
    {
        private readonly Channel<RtspCommand> _commands = Channel.CreateBounded<RtspCommand>(
            new BoundedChannelOptions(MaxWaiting) { SingleReader = true }
        );
        private readonly CancellationTokenSource _stop = new();
        private readonly RtspPush _push;
        private readonly MediaStream _source;
        private readonly RtspTracks _tracks;
        private readonly Stream _stream;
        private readonly Action _started;
        private readonly RtspAnnouncer _announcer;
        private readonly Outbox _outbox;
        private volatile string? _reason;
        private RtspFeed? _feed;

        internal Session(RtspPush push, MediaStream source, RtspTracks tracks, Stream stream, Action started)
        {
            (_push, _source, _tracks, _stream, _started) = (push, source, tracks, stream, started);
            var authenticator = new RtspAuthenticator(RtspSource.CredentialsOf(push.Options), new Random());
            var client = new RtspClientOptions(push.Options.Uri) { RequestTimeout = push.Options.Timeout };
            _announcer = new RtspAnnouncer(client, authenticator, tracks.Describe("MuMu Camera"));
            _outbox = new Outbox(stream, push.Time, () => End("The server closed the connection."));
            Volatile.Write(ref push._outbox, _outbox);
        }

        private TimeSpan Now => _push.Time.GetElapsedTime(0);

        internal async Task<SourceException> RunAsync(CancellationToken cancellation)
        {
            var buffer = new byte[4096];
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
            var serving = ServeAsync();
            try
            {
                _announcer.Start(Now);
                var reading = _stream.ReadAsync(buffer, either.Token).AsTask();
                while (true)
                {
                    Flush();
                    // The core's deadlines and the far end's patience are looked at now and then.
                    var tick = Task.Delay(s_checkInterval, _push.Time, either.Token);
                    if (await Task.WhenAny(reading, tick).ConfigureAwait(false) == reading)
                    {
                        var length = await reading.ConfigureAwait(false);
                        if (length == 0)
                        {
                            return new SourceException(SourceFailure.Unreachable, _reason ?? "The server closed the connection.");
                        }
                        _announcer.Receive(buffer.AsSpan(0, length), Now);
                        if (Drain() is { } end)
                        {
                            return end;
                        }
                        reading = _stream.ReadAsync(buffer, either.Token).AsTask();
                        continue;
                    }
                    either.Token.ThrowIfCancellationRequested();
                    _announcer.Tick(Now);
                    if (Drain() is { } late)
                    {
                        return late;
                    }
                    if (_outbox.Stuck > _push.Options.StallTimeout)
                    {
                        return new SourceException(SourceFailure.Stalled, "The server takes nothing any more.");
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                cancellation.ThrowIfCancellationRequested();
                return new SourceException(SourceFailure.Unreachable, _reason ?? "The connection to the server broke.");
            }
            finally
            {
                _feed?.Stop();
                _commands.Writer.TryComplete();
                await serving.ConfigureAwait(false);
                _announcer.Teardown(Now);
                Flush(); // A farewell, where the server still listens.
                _outbox.Close();
            }
        }

        public void Dispose() => _stop.Dispose();

        private void End(string reason)
        {
            _reason ??= reason;
            _ = _stop.CancelAsync();
        }

        private SourceException? Drain()
        {
            while (_announcer.TryRead(out var e))
            {
                switch (e.Kind)
                {
                    case RtspEventKind.Recording when _feed is null:
                        Begin();
                        break;
                    case RtspEventKind.Ended:
                        return RtspSource.Explain(e.End!);
                }
            }
            return null;
        }

        private void Begin()
        {
            _feed = new RtspFeed(_source, _tracks, _commands.Writer.TryWrite, _push.Time);
            var lanes = _announcer
                .Channels.Select((channel, track) => (channel, track))
                .ToDictionary(p => p.track, p => new RtspLane(p.channel, p.channel + 1));
            var reader = new RtspReader(
                _feed,
                lanes,
                _outbox,
                _ => End("The stream's format changed, so the server has to be asked anew.")
            );
            Volatile.Write(ref _push._reader, reader);
            _feed.Start();
            _commands.Writer.TryWrite(new RtspCommand(RtspCommandKind.Join, reader));
            _commands.Writer.TryWrite(new RtspCommand(RtspCommandKind.Start, reader));
            _started();
        }

        private async Task ServeAsync()
        {
            var loop = new RtspLoop(new RtspUdpRoutes());
            await foreach (var command in _commands.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                loop.OnCommand(command, Now);
                loop.Report(Now);
            }
        }

        // In one piece: frames are written by others, and none may come between the halves of a request.
        private void Flush()
        {
            Span<byte> piece = stackalloc byte[1024];
            var all = Array.Empty<byte>();
            while (_announcer.TryTransmit(piece, out var length))
            {
                all = [.. all, .. piece[..length]];
            }
            if (all.Length > 0)
            {
                _outbox.Post(all);
            }
        }
    }

    private RtspOptions Options => options;

    private TimeProvider Time => time;
}
