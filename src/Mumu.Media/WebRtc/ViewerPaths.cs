// A viewer's ways beside the loop's socket: its relays and its TCP connections.
using Mumu.Io;
using Mumu.Media.WebRtc.Relays;
using Mumu.Media.WebRtc.Tcp;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc;

/// <summary>Exists for viewers who have such a way, on the loop's thread.</summary>
internal sealed class ViewerPaths(Viewer viewer, RelayContext context)
{
    private ViewerRelays? _relays;
    private TcpFlows? _tcp;

    /// <summary>True while a relay may still be found.</summary>
    public bool IsGathering => _relays is { IsGathering: true };

    /// <summary>When <see cref="Tick"/> wants to be called next; null if never.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            var (relays, tcp) = (_relays?.NextDeadline, _tcp?.NextDeadline);
            return relays is null || tcp < relays ? tcp : relays;
        }
    }

    /// <summary>A TURN server was found.</summary>
    public void AddRelay(RelayTarget target, TimeSpan now)
    {
        _relays ??= new ViewerRelays(viewer, context);
        _relays.Add(target, now);
        _relays.Tick(now);
    }

    /// <summary>The viewer, as its connection says, has connected to the TCP port.</summary>
    public void Adopt(TcpArrival arrival, TimeSpan now)
    {
        _tcp ??= new TcpFlows(viewer, context.Post);
        _tcp.Adopt(arrival, now);
    }

    /// <summary>Lets time pass.</summary>
    public void Tick(TimeSpan now)
    {
        _relays?.Tick(now);
        _tcp?.Tick(now);
    }

    /// <summary>Sends what relays have to say, and looks after what broke.</summary>
    public void Drain(UdpSendBatch output, TimeSpan now)
    {
        _relays?.Drain(output, now);
        _tcp?.Drain(now);
    }

    /// <summary>The way of media; false if there is none.</summary>
    public bool TryGetPath(in FlowId flow, UdpSendBatch output, TimeSpan now, out PacketPath path)
    {
        path = default;
        return IsTcp(flow) ? _tcp?.TryGetPath(flow, out path) == true : _relays?.TryGetPath(flow, output, now, out path) == true;
    }

    /// <summary>Sends a control message; lost if the way is gone.</summary>
    public void Send(ReadOnlySpan<byte> message, in FlowId flow, UdpSendBatch output, TimeSpan now)
    {
        if (IsTcp(flow))
        {
            _tcp ??= new TcpFlows(viewer, context.Post);
            _tcp.Send(message, flow);
        }
        else
        {
            _relays?.Send(message, flow, output, now);
        }
    }

    /// <summary>The viewer ends: relays are given back, connections closed.</summary>
    public void Leave(TimeSpan now)
    {
        _relays?.Leave(now);
        _tcp?.Close(now);
    }

    private static bool IsTcp(in FlowId flow) => flow.Base is FlowBases.TcpPassive or FlowBases.TcpActive;
}
