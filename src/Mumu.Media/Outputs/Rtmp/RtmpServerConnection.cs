// One client's connection: drives its core, reads its bytes, lets it play or publish.
using System.Net;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Transcoding;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>One task owns the core; other threads only look at its deadline and abort it.</summary>
internal sealed class RtmpServerConnection : IServedConnection
{
    private const int MediaBuffer = 64 * 1024;
    private readonly Stream _stream;
    private readonly RtmpServerHost _host;
    private readonly RtmpServer _core;
    private readonly CancellationTokenSource _stop = new();
    private long _deadline;
    private volatile string? _aborted;
    private volatile RtmpPlaying? _playing;
    private volatile RtmpPublishing? _publishing;
    private Action? _established;

    internal RtmpServerConnection(Stream stream, IPEndPoint remote, bool isTls, RtmpServerHost host)
    {
        (_stream, Remote, _host) = (stream, remote, host);
        Protocol = isTls ? "rtmps" : "rtmp";
        _core = new RtmpServer(new RtmpServerOptions(), Random.Shared, host.Now);
        Outbox = new Outbox(stream, host.Time, () => Abort("The client closed the connection."));
        NoteDeadline();
    }

    internal Guid Id { get; } = Guid.NewGuid();

    /// <inheritdoc />
    public IPEndPoint Remote { get; }

    /// <inheritdoc />
    public bool IsEstablished => _playing is not null || _publishing is not null;

    /// <summary><c>rtmp</c> or <c>rtmps</c>.</summary>
    internal string Protocol { get; }

    internal Outbox Outbox { get; }

    /// <inheritdoc />
    public void Abort(string reason)
    {
        _aborted ??= reason;
        _ = _stop.CancelAsync();
    }

    /// <inheritdoc />
    public void Check(TimeSpan now)
    {
        if (Outbox.Stuck > _host.Settings.StallTimeout)
        {
            Abort("The client takes nothing any more.");
        }
        else if (_publishing?.IsStalled(now, _host.Settings.StallTimeout) == true)
        {
            Abort("The publisher has sent nothing for too long.");
        }
        else if (now.Ticks >= Volatile.Read(ref _deadline))
        {
            Abort("The client was silent for too long.");
        }
    }

    /// <inheritdoc />
    public async Task<string> RunAsync(Action established)
    {
        _established = established;
        var buffer = new byte[2 * 1024]; // there may be thousands that say little
        try
        {
            while (await DrainAsync().ConfigureAwait(false) is not { } ended)
            {
                Flush();
                NoteDeadline();
                var length = await _stream.ReadAsync(buffer, _stop.Token).ConfigureAwait(false);
                if (length == 0)
                {
                    return "The client closed the connection.";
                }
                _core.Receive(buffer.AsSpan(0, length), _host.Now);
                if (buffer.Length < MediaBuffer && _publishing is not null) // what publishes needs room
                {
                    buffer = new byte[MediaBuffer];
                }
            }
            Flush();
            return _aborted ?? "The connection was ended.";
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return _aborted ?? "The connection broke.";
        }
        finally
        {
            await LeaveAsync().ConfigureAwait(false);
            Outbox.Close();
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _stop.Dispose();
    }

    private void NoteDeadline() => Volatile.Write(ref _deadline, (_core.NextDeadline ?? TimeSpan.MaxValue).Ticks);

    /// <summary>Handles all events; a sentence where the connection ended.</summary>
    private async Task<string?> DrainAsync()
    {
        while (true)
        {
            var (kind, target) = Take(out var ended);
            switch (kind)
            {
                case RtmpServerEventKind.Publish or RtmpServerEventKind.Play:
                    await BeginAsync(kind.Value, target).ConfigureAwait(false);
                    break;
                case RtmpServerEventKind.Closed:
                    await LeaveAsync().ConfigureAwait(false);
                    break;
                default:
                    return ended;
            }
        }
    }

    // What needs no wait is handled here, so that a frame costs no task.
    private (RtmpServerEventKind? Kind, RtmpTarget Target) Take(out string? ended)
    {
        ended = null;
        var now = _host.Now;
        while (_core.TryRead(out var e))
        {
            switch (e.Kind)
            {
                case RtmpServerEventKind.Video or RtmpServerEventKind.Audio when _publishing is { } publishing:
                    publishing.NoteMedia(now);
                    var isTaken =
                        e.Kind == RtmpServerEventKind.Video
                            ? publishing.Intake.Video(e.Timestamp, e.Payload, now)
                            : publishing.Intake.Audio(e.Timestamp, e.Payload, now);
                    if (!isTaken)
                    {
                        _core.Reject("Several tracks of one kind in one stream are not supported; publish each to a path of its own.");
                    }
                    break;
                case RtmpServerEventKind.Metadata:
                    _publishing?.Intake.Metadata(e.Metadata!);
                    break;
                case RtmpServerEventKind.Ended:
                    ended = e.Reason ?? "";
                    _aborted ??= ended;
                    return default;
                default:
                    return (e.Kind, e.Target);
            }
        }
        return default;
    }

    private async Task BeginAsync(RtmpServerEventKind kind, RtmpTarget target)
    {
        // While the owner is asked and the stream starts, the client's silence is ours.
        Volatile.Write(ref _deadline, long.MaxValue);
        try
        {
            if (kind == RtmpServerEventKind.Publish)
            {
                _publishing = await RtmpPublishing.BeginAsync(target, this, _host, _stop.Token).ConfigureAwait(false);
                _core.Accept();
            }
            else
            {
                var playing = await RtmpPlaying
                    .BeginAsync(target, ReaderFormats.RtmpWith(_core.Formats), this, _host, _stop.Token)
                    .ConfigureAwait(false);
                _playing = playing;
                _core.Accept();
                Flush(); // The client knows that it plays before the first frame comes.
                await playing.StartAsync(_stop.Token).ConfigureAwait(false);
            }
            _established?.Invoke();
        }
        catch (RefusedException refused)
        {
            _core.Refuse(refused.Status == 404, refused.Message);
        }
    }

    private async Task LeaveAsync()
    {
        var (playing, publishing) = (_playing, _publishing);
        (_playing, _publishing) = (null, null);
        if (playing is not null)
        {
            await playing.DisposeAsync().ConfigureAwait(false);
        }
        if (publishing is not null)
        {
            await publishing.DisposeAsync().ConfigureAwait(false);
        }
    }

    // In one piece: frames are written by others, and none may come between the halves of an answer.
    private void Flush()
    {
        Span<byte> piece = stackalloc byte[1024];
        var all = Array.Empty<byte>();
        while (_core.TryTransmit(piece, out var length))
        {
            all = [.. all, .. piece[..length]];
        }
        if (all.Length > 0)
        {
            Outbox.Post(all);
        }
    }
}
