// The viewers of one loop: leads datagrams home, carries out commands, lets the schedule serve them.
using Microsoft.Extensions.Logging;
using Mumu.Io;
using Mumu.Media.WebRtc.Carriers;
using Mumu.Media.WebRtc.Relays;
using Mumu.Media.WebRtc.Tcp;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc;

/// <summary>The handler behind one <see cref="UdpLoop{TCommand}"/>. All its state belongs to the loop's thread; other threads post commands.</summary>
internal sealed partial class ViewerLoop : ILoopHandler<LoopCommand>, IDisposable
{
    private static readonly TimeSpan s_countInterval = TimeSpan.FromMilliseconds(500);

    private readonly UdpLoop<LoopCommand> _loop;
    private readonly ILogger _logger;
    private readonly Action<Viewer> _onEnded;
    private readonly ViewerRoutes _routes = new();
    private readonly ViewerSchedule _schedule;
    private readonly LoopStreams _streams = new();
    private readonly RelayFarewells _farewells = new();
    private readonly RelayContext _relays;
    private readonly TcpPort? _tcp;
    private ViewerCounts _ofEnded;
    private TimeSpan _nextCount;

    internal ViewerLoop(
        UdpSocket socket,
        TimeProvider time,
        string name,
        ILogger logger,
        RelayContext relays,
        bool listensOnTcp,
        Action<Viewer> onEnded
    )
    {
        _relays = relays with { Post = command => TryPost(command), Farewells = _farewells };
        Address = socket.LocalAddress;
        _logger = logger;
        _onEnded = onEnded;
        _schedule = new ViewerSchedule(Fail);
        _loop = new UdpLoop<LoopCommand>(socket, this, time, name);
        _tcp = listensOnTcp
            ? Tcp.TcpPort.TryOpen(Address, arrival => TryPost(new LoopCommand(LoopCommandKind.Arrival, arrival)), logger)
            : null;
    }

    /// <summary>Where the loop's socket is bound.</summary>
    internal TransportAddress Address { get; }

    /// <summary>The TCP port it listens on; null if it does not.</summary>
    internal int? TcpPort => _tcp?.Port;

    /// <summary>The way out, for its counters.</summary>
    internal UdpSendBatch Output => _loop.Output;

    internal long Received => _loop.Received;

    /// <summary>Datagrams that belonged to no viewer.</summary>
    internal long Strays { get; private set; }

    /// <summary>What its viewers add up to, living and ended; at most half a second old.</summary>
    internal ViewerCounts Counts { get; private set; }

    internal void Start() => _loop.Start();

    internal bool TryPost(in LoopCommand command) => _loop.TryPost(command);

    /// <summary>Posts what must not be lost: waits a moment for a full queue.</summary>
    internal void Post(LoopCommand command) => SpinWait.SpinUntil(() => _loop.TryPost(command), TimeSpan.FromSeconds(1));

    public void Dispose()
    {
        _tcp?.Dispose();
        _loop.Dispose();
        _farewells.Close();
    }

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
        _schedule.Touch(viewer);
    }

    /// <inheritdoc />
    public void OnCommand(LoopCommand command, TimeSpan now)
    {
        switch (command.Kind)
        {
            case LoopCommandKind.Frame:
                _streams.Add((PacketizedStream)command.Subject!, (PacketizedFrame)command.Detail!);
                break;
            case LoopCommandKind.AttachStream:
                _streams.Attach((PacketizedStream)command.Subject!, (PacketizedFrame[])command.Detail!);
                break;
            case LoopCommandKind.DetachStream:
                _streams.Detach((PacketizedStream)command.Subject!);
                break;
            case LoopCommandKind.EndStream when _streams.Find((PacketizedStream)command.Subject!) is { } ended:
                Close(ended.Viewers, ViewerEndReason.FormatChanged, "The camera changed its format; connect again.");
                break;
            case LoopCommandKind.AddViewer:
                Add((Viewer)command.Subject!);
                break;
            case LoopCommandKind.CarrierReady:
                Take((Carrier)command.Subject!, now);
                break;
            case LoopCommandKind.Arrival:
                Admit((TcpArrival)command.Subject!, now);
                break;
            case LoopCommandKind.CloseAll:
                Close(_routes.Viewers, ViewerEndReason.EngineStopped, "The server is stopping.");
                break;
            default:
                if (command.Subject is Viewer subject && _routes.Contains(subject))
                {
                    Tell(subject, command, now);
                }
                else
                {
                    (command.Detail as RestartRequest)?.Refuse(ViewerSession.Over);
                }
                break;
        }
    }

    /// <inheritdoc />
    public TimeSpan? OnTurn(UdpSendBatch output, TimeSpan now)
    {
        foreach (var ended in _schedule.Settle(output, now))
        {
            Remove(ended, now);
        }
        var farewells = _farewells.Count == 0 ? null : _farewells.Turn(output, now);
        _streams.Feed(_schedule);
        var next = _schedule.Pump(output, now);
        CountAll(now);
        return farewells is { } at && !(next <= at) ? at : next;
    }

    private void Add(Viewer viewer)
    {
        var stream = viewer.Source is { } source ? _streams.Find(source) : null; // attached by an earlier command
        stream?.Viewers.Add(viewer);
        viewer.Join(stream, _relays);
        _routes.Add(viewer);
        _schedule.Touch(viewer);
    }

    private void Tell(Viewer viewer, in LoopCommand command, TimeSpan now)
    {
        switch (command.Kind)
        {
            case LoopCommandKind.AddCandidate:
                viewer.AddRemoteCandidate((IceCandidate)command.Detail!, now);
                break;
            case LoopCommandKind.EndOfCandidates:
                viewer.Peer.EndOfRemoteCandidates();
                break;
            case LoopCommandKind.RequestKeyFrame:
                viewer.Peer.Published?.RequestKeyFrame();
                break;
            case LoopCommandKind.Restart:
                ((RestartRequest)command.Detail!).CarryOut(viewer.Peer);
                _routes.AddUfrag(viewer);
                break;
            case LoopCommandKind.AddStunServer:
                viewer.Peer.AddStunServer((TransportAddress)command.Detail!);
                break;
            case LoopCommandKind.AddRelay:
                viewer.Paths.AddRelay((RelayTarget)command.Detail!, now);
                break;
            case LoopCommandKind.NoMoreServers:
                viewer.EndOfServers();
                break;
            case LoopCommandKind.Data when viewer.Peer.Data is { } channels:
                viewer.Session.Data?.Carry((DataRequest)command.Detail!, channels, now);
                break;
            case LoopCommandKind.CloseViewer:
                viewer.Close(ViewerEndReason.Closed, "The session was closed.");
                break;
        }
        _schedule.Touch(viewer);
    }

    /// <summary>A connection with a first check: it goes to the viewer that the check names.</summary>
    private void Admit(TcpArrival arrival, TimeSpan now)
    {
        if (_routes.Find(arrival.First, arrival.Remote) is not { } viewer)
        {
            Strays++;
            arrival.Stream.Dispose();
            return;
        }
        try
        {
            viewer.Paths.Adopt(arrival, now);
        }
        catch (Exception fault)
        {
            Fail(viewer, fault);
        }
        _schedule.Touch(viewer);
    }

    private void Take(Carrier carrier, TimeSpan now)
    {
        if (carrier.Owner?.Viewer is not { } viewer)
        {
            return; // It is being given back, and is looked at every turn.
        }
        try
        {
            carrier.Owner.OnReady(now);
        }
        catch (Exception fault)
        {
            Fail(viewer, fault);
        }
        _schedule.Touch(viewer);
    }

    private void Close(IReadOnlyCollection<Viewer> viewers, ViewerEndReason reason, string sentence)
    {
        foreach (var viewer in viewers)
        {
            viewer.Close(reason, sentence);
            _schedule.Touch(viewer);
        }
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

    private void Remove(Viewer viewer, TimeSpan now)
    {
        if (!_routes.Remove(viewer))
        {
            return;
        }
        _schedule.Remove(viewer);
        if (viewer.Source is { } source)
        {
            _streams.Find(source)?.Viewers.Remove(viewer);
        }
        _ofEnded += viewer.Counts;
        viewer.Finish();
        viewer.LeavePaths(now);
        viewer.Peer.Dispose();
        _onEnded(viewer);
    }

    /// <summary>A fault of ours in one viewer ends that viewer, not the loop and its neighbours.</summary>
    private void Fail(Viewer viewer, Exception fault)
    {
        LogFault(viewer.Session.Id, fault);
        viewer.Close(ViewerEndReason.InternalError, "Something went wrong in the server; it is in its log.");
        _schedule.Touch(viewer);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Viewer {Viewer} was ended by a fault")]
    private partial void LogFault(string viewer, Exception fault);
}
