// The viewers of one loop: leads datagrams home, ticks what is due, sends what may leave.
using Microsoft.Extensions.Logging;
using Mumu.Io;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc;

/// <summary>The handler behind one <see cref="UdpLoop{TCommand}"/>. All its state belongs to the loop's thread; other threads post commands.</summary>
internal sealed partial class ViewerLoop : ILoopHandler<LoopCommand>, IDisposable
{
    private static readonly TimeSpan s_paceInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_countInterval = TimeSpan.FromMilliseconds(500);

    private readonly UdpLoop<LoopCommand> _loop;
    private readonly ILogger _logger;
    private readonly Action<Viewer> _onEnded;
    private readonly ViewerRoutes _routes = new();
    private readonly Dictionary<PacketizedStream, LoopStream> _streams = [];
    private readonly DeadlineHeap<Viewer> _deadlines = new();
    private readonly List<Viewer> _dirty = [];
    private readonly List<Viewer> _pumping = [];
    private ViewerCounts _ofEnded;
    private TimeSpan _nextCount;
    private bool _hasNewFrames;

    internal ViewerLoop(UdpSocket socket, TimeProvider time, string name, ILogger logger, Action<Viewer> onEnded)
    {
        Address = socket.LocalAddress;
        _logger = logger;
        _onEnded = onEnded;
        _loop = new UdpLoop<LoopCommand>(socket, this, time, name);
    }

    /// <summary>Where the loop's socket is bound.</summary>
    internal TransportAddress Address { get; }

    /// <summary>The way out, for its counters.</summary>
    internal UdpSendBatch Output => _loop.Output;

    internal long Received => _loop.Received;

    /// <summary>Datagrams that belonged to no viewer.</summary>
    internal long Strays { get; private set; }

    /// <summary>What its viewers add up to, living and ended; as of the last second.</summary>
    internal ViewerCounts Counts { get; private set; }

    internal void Start() => _loop.Start();

    internal bool TryPost(in LoopCommand command) => _loop.TryPost(command);

    /// <summary>Posts what must not be lost: waits a moment for a full queue.</summary>
    internal void Post(LoopCommand command) => SpinWait.SpinUntil(() => _loop.TryPost(command), TimeSpan.FromSeconds(1));

    public void Dispose() => _loop.Dispose();

    /// <inheritdoc />
    public void OnDatagram(Span<byte> datagram, in TransportAddress from, TimeSpan now)
    {
        if (_routes.Find(datagram, from) is not { } viewer)
        {
            Strays++;
            return;
        }
        try
        {
            if (viewer.Peer.Receive(datagram, new FlowId(0, from), now))
            {
                _routes.Learn(viewer, from);
            }
        }
        catch (Exception fault)
        {
            Fail(viewer, fault);
        }
        MarkDirty(viewer);
    }

    /// <inheritdoc />
    public void OnCommand(LoopCommand command, TimeSpan now)
    {
        switch (command.Kind)
        {
            case LoopCommandKind.Frame:
                AddFrame((PacketizedStream)command.Subject!, (PacketizedFrame)command.Detail!);
                break;
            case LoopCommandKind.AttachStream:
                Attach((PacketizedStream)command.Subject!, (PacketizedFrame[])command.Detail!);
                break;
            case LoopCommandKind.DetachStream when _streams.Remove((PacketizedStream)command.Subject!, out var left):
                left.Clear();
                break;
            case LoopCommandKind.EndStream when _streams.TryGetValue((PacketizedStream)command.Subject!, out var ended):
                foreach (var viewer in ended.Viewers)
                {
                    CloseViewer(viewer, ViewerEndReason.FormatChanged, "The camera changed its format; connect again.");
                }
                break;
            case LoopCommandKind.AddViewer:
                Add((Viewer)command.Subject!);
                break;
            case LoopCommandKind.CloseAll:
                foreach (var viewer in _routes.Viewers)
                {
                    CloseViewer(viewer, ViewerEndReason.EngineStopped, "The server is stopping.");
                }
                break;
            default:
                if (command.Subject is Viewer subject && _routes.Contains(subject))
                {
                    Tell(subject, command, now);
                }
                break;
        }
    }

    /// <inheritdoc />
    public TimeSpan? OnTurn(UdpSendBatch output, TimeSpan now)
    {
        while (_deadlines.TryTakeDue(now, out var due))
        {
            try
            {
                due.Peer.Tick(now);
            }
            catch (Exception fault)
            {
                Fail(due, fault);
            }
            MarkDirty(due);
        }
        DrainDirty(output, now);
        if (_hasNewFrames)
        {
            _hasNewFrames = false;
            CollectPumping();
        }
        PumpAll(output, now);
        CountAll(now);
        // A blocked socket wakes the loop when it is writable again; a paced burst goes on after a moment.
        var next = _deadlines.Next;
        return _pumping.Count > 0 && !output.IsBlocked && !(next < now + s_paceInterval) ? now + s_paceInterval : next;
    }

    private void AddFrame(PacketizedStream source, PacketizedFrame frame)
    {
        if (_streams.TryGetValue(source, out var stream))
        {
            stream.Add(frame);
            _hasNewFrames = true;
        }
        else
        {
            frame.Release();
        }
    }

    private void Attach(PacketizedStream source, PacketizedFrame[] kept)
    {
        var stream = new LoopStream(source);
        _streams.Add(source, stream);
        foreach (var frame in kept)
        {
            stream.Add(frame);
        }
    }

    private void Add(Viewer viewer)
    {
        _routes.Add(viewer);
        if (_streams.TryGetValue(viewer.Source, out var stream))
        {
            stream.Viewers.Add(viewer);
        }
        MarkDirty(viewer);
    }

    private void Tell(Viewer viewer, in LoopCommand command, TimeSpan now)
    {
        switch (command.Kind)
        {
            case LoopCommandKind.AddCandidate:
                viewer.Peer.AddRemoteCandidate((IceCandidate)command.Detail!, now);
                break;
            case LoopCommandKind.EndOfCandidates:
                viewer.Peer.EndOfRemoteCandidates();
                break;
            case LoopCommandKind.AddStunServer:
                viewer.Peer.AddStunServer((TransportAddress)command.Detail!);
                break;
            case LoopCommandKind.NoStunServer:
                viewer.Session.TellEndOfCandidates();
                break;
            case LoopCommandKind.CloseViewer:
                CloseViewer(viewer, ViewerEndReason.Closed, "The session was closed.");
                break;
        }
        MarkDirty(viewer);
    }

    private void CloseViewer(Viewer viewer, ViewerEndReason reason, string sentence)
    {
        viewer.EndReason = reason;
        viewer.Peer.Close(sentence);
        MarkDirty(viewer);
    }

    private void MarkDirty(Viewer viewer)
    {
        if (!viewer.IsDirty)
        {
            viewer.IsDirty = true;
            _dirty.Add(viewer);
        }
    }

    private void DrainDirty(UdpSendBatch output, TimeSpan now)
    {
        for (var i = _dirty.Count - 1; i >= 0; i--)
        {
            var viewer = _dirty[i];
            try
            {
                if (!viewer.Drain(output, _streams.GetValueOrDefault(viewer.Source), now) && viewer.Peer.End == default)
                {
                    continue; // The socket is full: again when it is writable.
                }
            }
            catch (Exception fault)
            {
                Fail(viewer, fault);
            }
            _dirty.RemoveAt(i);
            viewer.IsDirty = false;
            if (viewer.Peer.End != default)
            {
                Remove(viewer);
                continue;
            }
            _deadlines.Set(viewer, viewer.Peer.NextDeadline);
            if (viewer.WantsPump && !viewer.IsPumping)
            {
                viewer.IsPumping = true;
                _pumping.Add(viewer);
            }
        }
    }

    private void CollectPumping()
    {
        foreach (var stream in _streams.Values)
        {
            foreach (var viewer in stream.Viewers)
            {
                if (!viewer.IsPumping && viewer.WantsPump)
                {
                    viewer.IsPumping = true;
                    _pumping.Add(viewer);
                }
            }
        }
    }

    private void PumpAll(UdpSendBatch output, TimeSpan now)
    {
        var kept = 0;
        for (var i = 0; i < _pumping.Count; i++)
        {
            var viewer = _pumping[i];
            try
            {
                if (!output.IsBlocked)
                {
                    viewer.Pump(output, now);
                }
            }
            catch (Exception fault)
            {
                Fail(viewer, fault);
            }
            if (viewer.WantsPump)
            {
                _pumping[kept++] = viewer;
            }
            else
            {
                viewer.IsPumping = false;
            }
        }
        _pumping.RemoveRange(kept, _pumping.Count - kept);
    }

    private void CountAll(TimeSpan now)
    {
        if (now < _nextCount)
        {
            return;
        }
        _nextCount = now + s_countInterval;
        var sum = _ofEnded;
        foreach (var viewer in _routes.Viewers)
        {
            sum += viewer.Counts;
        }
        Counts = sum;
    }

    private void Remove(Viewer viewer)
    {
        if (!_routes.Remove(viewer))
        {
            return;
        }
        _deadlines.Set(viewer, null);
        if (_streams.TryGetValue(viewer.Source, out var stream))
        {
            stream.Viewers.Remove(viewer);
        }
        if (viewer.IsPumping)
        {
            _pumping.Remove(viewer);
        }
        _ofEnded += viewer.Counts;
        viewer.Peer.Dispose();
        _onEnded(viewer);
    }

    /// <summary>A fault of ours in one viewer ends that viewer, not the loop and its neighbours.</summary>
    private void Fail(Viewer viewer, Exception fault)
    {
        LogFault(viewer.Session.Id, fault);
        CloseViewer(viewer, ViewerEndReason.InternalError, "Something went wrong in the server; it is in its log.");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Viewer {Viewer} was ended by a fault")]
    private partial void LogFault(string viewer, Exception fault);
}
