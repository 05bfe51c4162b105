// The states of an association, from INIT to its end.
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp;

/// <summary>Handshake, heartbeat and shutdown (RFC 9260 §4, §5, §8, §9): everything that is not data.</summary>
internal sealed class AssociationLife(SctpOptions options, Random random, ControlQueue control)
{
    private readonly SctpSetup _setup = new(options, random);
    private readonly AssociationTimer _timer = new(options);

    internal SctpState State { get; private set; }

    /// <summary>Why it ended; null when both sides wanted that.</summary>
    internal string? Failure { get; private set; }

    internal InitData Local => _setup.Local;

    internal InitData? Remote => _setup.Remote;

    internal TimeSpan? Deadline => _timer.Deadline;

    /// <summary>Questions without an answer, in a row.</summary>
    internal int Timeouts => _timer.Timeouts;

    internal bool HasEnded => State == SctpState.Ended;

    /// <summary>Data and acknowledgements may flow in one direction at least.</summary>
    internal bool Stands => State is >= SctpState.Established and < SctpState.Ended;

    /// <summary>The peer may send data.</summary>
    internal bool TakesData => State is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownSent;

    /// <summary>What is queued may be sent.</summary>
    internal bool SendsData => State is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownReceived;

    internal void Connect(TimeSpan now)
    {
        if (State == SctpState.Closed)
        {
            State = SctpState.CookieWait;
            _setup.Begin();
            Ask(now);
        }
    }

    /// <summary>Wants the end once everything queued has arrived, see <see cref="Advance"/>.</summary>
    internal void Shutdown()
    {
        if (State == SctpState.Established)
        {
            State = SctpState.ShutdownPending;
        }
        else if (!Stands)
        {
            End(null);
        }
    }

    internal void End(string? failure)
    {
        State = SctpState.Ended;
        Failure = failure;
        _timer.Stop();
        control.Clear();
    }

    /// <summary>Something of this association came: the peer lives.</summary>
    internal void Hear(TimeSpan now)
    {
        if (State == SctpState.Established)
        {
            _timer.Rest(now);
        }
    }

    internal void Tick(TimeSpan now, Tsn cumulative)
    {
        if (_timer.TryExpire(now))
        {
            Repeat(now, cumulative);
        }
    }

    /// <summary>Goes on with a shutdown when nothing is left to be sent.</summary>
    internal void Advance(bool isIdle, Tsn cumulative, TimeSpan now)
    {
        var next = State switch
        {
            SctpState.ShutdownPending when isIdle => SctpState.ShutdownSent,
            SctpState.ShutdownReceived when isIdle => SctpState.ShutdownAckSent,
            _ => State,
        };
        if (next != State)
        {
            State = next;
            _timer.Ask(now);
            Repeat(now, cumulative);
        }
    }

    /// <summary>INIT comes alone and with tag 0; ABORT and SHUTDOWN COMPLETE may carry the peer's own tag; a cookie brings its tag along (RFC 9260 §8.5).</summary>
    internal bool IsTagRight(uint tag, in Chunk chunk, bool isAlone) =>
        chunk.Type switch
        {
            ChunkType.Init => tag == 0 && isAlone,
            ChunkType.Abort or ChunkType.ShutdownComplete when (chunk.Flags & 1) != 0 => tag == _setup.Remote?.Tag,
            ChunkType.CookieEcho => true,
            _ => tag == _setup.Local.Tag,
        };

    /// <summary>Takes a chunk that concerns the association as a whole.</summary>
    internal void Take(in Chunk chunk, uint tag, TimeSpan now)
    {
        switch (chunk.Type)
        {
            case ChunkType.Init when State != SctpState.ShutdownAckSent && InitChunk.TryParse(chunk.Value, out var remote, out _):
                control.Add(_setup.MakeInitAck(remote, Stands, now), remote.Tag);
                break;
            case ChunkType.InitAck when State == SctpState.CookieWait && _setup.TryAccept(chunk.Value):
                State = SctpState.CookieEchoed;
                Ask(now);
                break;
            case ChunkType.CookieEcho:
                TakeCookie(chunk.Value, tag, now);
                break;
            case ChunkType.CookieAck when State == SctpState.CookieEchoed:
                Establish(now);
                break;
            case ChunkType.Error when State == SctpState.CookieEchoed: // the cookie got too old on its way: from the beginning
                State = SctpState.Closed;
                Connect(now);
                break;
            case ChunkType.Heartbeat when _setup.Remote is not null && chunk.Value.Length < options.MaxPacket / 2:
                control.Add(SimpleChunk.Make(ChunkType.HeartbeatAck, chunk.Value));
                break;
            case ChunkType.Shutdown when Stands:
                // Where both shut down at once, each has sent all it had.
                State = State == SctpState.ShutdownAckSent ? State : SctpState.ShutdownReceived;
                break;
            case ChunkType.ShutdownAck when State is SctpState.ShutdownSent or SctpState.ShutdownAckSent:
                End(null);
                control.Add(SimpleChunk.Make(ChunkType.ShutdownComplete));
                break;
            case ChunkType.ShutdownComplete when State == SctpState.ShutdownAckSent:
                End(null);
                break;
            case ChunkType.Abort:
                End("the other side aborted the association");
                break;
        }
    }

    private void TakeCookie(ReadOnlySpan<byte> cookie, uint tag, TimeSpan now)
    {
        switch (_setup.Judge(cookie, tag, Stands, now))
        {
            case CookieVerdict.Accept:
                Establish(now);
                control.Add(SimpleChunk.Make(ChunkType.CookieAck));
                break;
            case CookieVerdict.Repeated:
                control.Add(SimpleChunk.Make(ChunkType.CookieAck));
                break;
            case CookieVerdict.Stale:
                control.Add(SimpleChunk.StaleCookie());
                break;
            case CookieVerdict.Restart:
                End("the other side has begun anew");
                break;
        }
    }

    private void Establish(TimeSpan now)
    {
        _setup.Finish();
        State = SctpState.Established;
        _timer.Rest(now);
    }

    private void Ask(TimeSpan now)
    {
        _timer.Ask(now);
        Repeat(now, default);
    }

    /// <summary>Sends what the state wants answered.</summary>
    private void Repeat(TimeSpan now, Tsn cumulative)
    {
        switch (State)
        {
            case SctpState.CookieWait:
                control.Add(_setup.Question, tag: 0);
                break;
            case SctpState.CookieEchoed:
                control.Add(_setup.Question);
                break;
            case SctpState.ShutdownSent:
                control.Add(SimpleChunk.Shutdown(cumulative));
                break;
            case SctpState.ShutdownAckSent:
                control.Add(SimpleChunk.Make(ChunkType.ShutdownAck));
                break;
            default:
                control.Add(SimpleChunk.Heartbeat(now));
                break;
        }
    }
}
