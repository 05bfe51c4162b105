// One client's connection: drives its core, reads its bytes, lets the session play or record.
using System.Net;
using System.Security.Cryptography;
using Mumu.Media.Outputs.Connections;
using Mumu.Protocols.Rtsp.Server;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>One task owns the core; other threads only look at its deadline, note signs of life and abort it.</summary>
internal sealed class RtspServerConnection : IServedConnection
{
    private readonly Stream _stream;
    private readonly RtspServerHost _host;
    private readonly RtspServer _core;
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _output = new byte[1024];
    private long _deadline = long.MaxValue;
    private long _aliveUntil;
    private long _received;
    private readonly DateTimeOffset _since;
    private volatile string? _aborted;
    private IRtspPart? _part;
    private Action? _established;

    internal RtspServerConnection(Stream stream, IPEndPoint remote, bool isTls, RtspServerHost host)
    {
        (_stream, Remote, IsTls, _host) = (stream, remote, isTls, host);
        var options = new RtspServerOptions(RandomNumberGenerator.GetHexString(24))
        {
            AllowsTcp = host.Settings.AllowsTcp,
            AllowsUdp = host.Settings.AllowsUdp && !isTls, // UDP would carry in the clear what the client wants encrypted
        };
        SessionTimeout = options.SessionTimeout;
        _since = host.Time.GetUtcNow();
        _core = new RtspServer(options, host.Now);
        Outbox = new Outbox(stream, host.Time, () => Abort("The client closed the connection."));
        NoteDeadline();
    }

    internal Guid Id { get; } = Guid.NewGuid();

    public IPEndPoint Remote { get; }

    /// <summary>What lists show of it.</summary>
    internal RtspConnectionInfo Info => new(Id, Remote, IsTls, _since, Volatile.Read(ref _received), Outbox.Written);

    internal bool IsTls { get; }

    internal Outbox Outbox { get; }

    internal TimeSpan SessionTimeout { get; }

    /// <summary>True once it has a part in a path: such a connection is not given up for a newcomer.</summary>
    public bool IsEstablished => _part is not null;

    /// <summary>Ends the connection soon; from any thread.</summary>
    public void Abort(string reason)
    {
        _aborted ??= reason;
        _ = _stop.CancelAsync();
    }

    /// <summary>Notes that the client lives, though nothing came on the connection; from any thread.</summary>
    internal void NoteAlive() => Volatile.Write(ref _aliveUntil, (_host.Now + SessionTimeout).Ticks);

    /// <summary>Ends what is overdue; called now and then by the listener.</summary>
    public void Check(TimeSpan now)
    {
        if (Outbox.Stuck > _host.Settings.StallTimeout)
        {
            Abort("The client takes nothing any more.");
        }
        else if (_part?.Stalled(now) is { } reason)
        {
            Abort(reason);
        }
        else if (now.Ticks >= Volatile.Read(ref _deadline) && now.Ticks >= Volatile.Read(ref _aliveUntil))
        {
            Abort("The client was silent for too long.");
        }
    }

    /// <summary>Runs to the end; the reason is a sentence.</summary>
    /// <param name="established">Called once it has a part in a path.</param>
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
                Volatile.Write(ref _received, _received + length);
                _core.Receive(buffer.AsSpan(0, length), _host.Now);
                if (buffer.Length < MediaBuffer && _part is RtspRecording) // what publishes needs room
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

    private const int MediaBuffer = 64 * 1024;

    private void NoteDeadline() => Volatile.Write(ref _deadline, (_core.NextDeadline ?? TimeSpan.MaxValue).Ticks);

    /// <summary>Handles all events; a sentence where the connection ended.</summary>
    private async Task<string?> DrainAsync()
    {
        while (true)
        {
            var next = Take(out var ended);
            if (next is null)
            {
                return ended;
            }
            await HandleAsync(next).ConfigureAwait(false);
            Flush();
        }
    }

    // What needs no wait is handled here, so that a packet costs no task.
    private RtspAsk? Take(out string? ended)
    {
        ended = null;
        while (_core.TryRead(out var e))
        {
            switch (e.Kind)
            {
                case RtspServerEventKind.Interleaved:
                    _part?.Receive(e.Channel, e.Payload, _host.Now);
                    break;
                case RtspServerEventKind.Ended:
                    ended = e.Reason ?? "";
                    _aborted ??= ended;
                    return null;
                default:
                    return new RtspAsk(e.Kind, e.Path ?? "", e.Authorization, e.Track, e.Transport, e.Description);
            }
        }
        return null;
    }

    private async Task HandleAsync(RtspAsk ask)
    {
        // While the owner is asked and the stream starts, the client's silence is ours.
        Volatile.Write(ref _deadline, long.MaxValue);
        try
        {
            switch (ask.Kind)
            {
                case RtspServerEventKind.Describe:
                    await DescribeAsync(ask).ConfigureAwait(false);
                    break;
                case RtspServerEventKind.Announce:
                    await LeaveAsync().ConfigureAwait(false);
                    _part = await RtspRecording.BeginAsync(ask, this, _host, _stop.Token).ConfigureAwait(false);
                    _core.Accept();
                    break;
                case RtspServerEventKind.Setup:
                    _part ??= await RtspPlaying.BeginAsync(ask, this, _host, _stop.Token).ConfigureAwait(false);
                    _established?.Invoke();
                    var ports = _part.SetUp(ask.Track, ask.Transport);
                    _core.AcceptSetup(ports, null);
                    break;
                case RtspServerEventKind.Play:
                    _core.AcceptPlay(await ((RtspPlaying)_part!).JoinAsync(_stop.Token).ConfigureAwait(false));
                    Flush();
                    ((RtspPlaying)_part).Start();
                    break;
                case RtspServerEventKind.Record:
                    await ((RtspRecording)_part!).StartAsync(_stop.Token).ConfigureAwait(false);
                    _core.Accept();
                    break;
                case RtspServerEventKind.Paused:
                    ((RtspPlaying)_part!).Pause();
                    break;
                case RtspServerEventKind.TornDown:
                    await LeaveAsync().ConfigureAwait(false);
                    break;
            }
        }
        catch (RefusedException refused)
        {
            if (ask.Kind is RtspServerEventKind.Record or RtspServerEventKind.Announce)
            {
                await LeaveAsync().ConfigureAwait(false);
            }
            _core.Refuse(refused.Status);
            if (refused.Status == 429)
            {
                _core.Close(refused.Message);
            }
        }
    }

    private async Task DescribeAsync(RtspAsk ask)
    {
        var (admission, tracks) = await RtspPlaying.AdmitAsync(ask, this, _host, _stop.Token).ConfigureAwait(false);
        _core.AcceptDescribe(tracks.Describe(admission.Path));
    }

    private async Task LeaveAsync()
    {
        if (Interlocked.Exchange(ref _part, null) is { } part)
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Flush()
    {
        while (_core.TryTransmit(_output, out var length))
        {
            Outbox.Post(_output.AsSpan(0, length).ToArray());
        }
    }
}
