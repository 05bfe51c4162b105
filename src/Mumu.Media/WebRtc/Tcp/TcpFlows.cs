// The TCP connections of one viewer.
using Mumu.Media.WebRtc.Carriers;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc.Tcp;

/// <summary>
/// ICE over TCP (RFC 6544) for one viewer, on the loop's thread: connections it has made and proved to be its own, and those we make to where it listens. Once a pair over UDP has been in use
/// for some seconds, they are closed.
/// </summary>
internal sealed class TcpFlows(Viewer viewer, Func<LoopCommand, bool> post)
{
    private const int MaxAccepted = 8;
    private const int MaxMade = 4;
    private static readonly TimeSpan s_unusedFor = TimeSpan.FromSeconds(8);
    private readonly List<TcpFlow> _flows = [];
    private TimeSpan? _unusedSince;

    public TimeSpan? NextDeadline => _unusedSince + s_unusedFor;

    /// <summary>Takes a connection over if its check is authentic; else it is closed.</summary>
    public void Adopt(TcpArrival arrival, TimeSpan now)
    {
        var flow = new FlowId(FlowBases.TcpPassive, arrival.Remote);
        if (Count(FlowBases.TcpPassive) < MaxAccepted && viewer.Peer.Receive(arrival.First, flow, now))
        {
            _flows.Add(new TcpFlow(viewer, flow, StreamCarrier.Of(arrival.Stream, post)));
        }
        else
        {
            arrival.Stream.Dispose();
        }
    }

    /// <summary>Sends a control message; makes the connection if it is ours to make.</summary>
    public void Send(ReadOnlySpan<byte> message, in FlowId flow)
    {
        var found = Find(flow);
        if (found is null && flow.Base == FlowBases.TcpActive && Count(FlowBases.TcpActive) < MaxMade)
        {
            _flows.Add(found = new TcpFlow(viewer, flow, StreamCarrier.ToPeer(flow.Remote, post)));
        }
        if (found is not null)
        {
            new PacketPath(found.Carrier, isPrefixed: true).Send(message);
        }
    }

    /// <summary>The way of media over a connection; false if it is gone.</summary>
    public bool TryGetPath(in FlowId flow, out PacketPath path)
    {
        var found = Find(flow);
        path = found is null ? default : new PacketPath(found.Carrier, isPrefixed: true);
        return found is not null;
    }

    /// <summary>Lets time pass.</summary>
    public void Tick(TimeSpan now)
    {
        if (now >= _unusedSince + s_unusedFor)
        {
            _unusedSince = null;
            Close(now);
        }
    }

    /// <summary>Looks after connections that broke, and after whether they are needed.</summary>
    public void Drain(TimeSpan now)
    {
        for (var i = _flows.Count - 1; i >= 0; i--)
        {
            if (_flows[i].Carrier.Failure is not null)
            {
                Lose(i, now);
            }
        }
        var isUnused = _flows.Count > 0 && viewer.Peer is { IsConnected: true, Selected.Base: FlowBases.Loop };
        _unusedSince = isUnused ? _unusedSince ?? now : null;
    }

    /// <summary>Closes all.</summary>
    public void Close(TimeSpan now)
    {
        while (_flows.Count > 0)
        {
            Lose(_flows.Count - 1, now);
        }
    }

    private void Lose(int index, TimeSpan now)
    {
        var lost = _flows[index];
        _flows.RemoveAt(index);
        lost.Close();
        viewer.Peer.LoseFlow(lost.Flow, now);
    }

    private TcpFlow? Find(FlowId flow) => _flows.Find(known => known.Flow == flow);

    private int Count(int @base) => _flows.Count(known => known.Flow.Base == @base);
}
