// The relays of one viewer: asked for in the order of preference, used by ICE, given back when not needed.
using System.Net.Sockets;
using Mumu.Io;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn.Client;

namespace Mumu.Media.WebRtc.Relays;

/// <summary>
/// Allocations of one viewer (RFC 8445 §5.1.1.2), on the loop's thread. Datagram relays are asked for at once, TCP and TLS a moment later and only while no other relay is there. Once a pair
/// without a relay has been in use for some seconds, relays are given back (RFC 8445 §8.3).
/// </summary>
internal sealed class ViewerRelays(Viewer viewer, RelayContext context)
{
    /// <summary>Servers that a viewer's relays may be asked of.</summary>
    public const int MaxTargets = 4;

    private const int MaxDetours = 2; // other servers or ports in place of one
    private static readonly TimeSpan s_head = TimeSpan.FromMilliseconds(500); // of UDP over TCP, and of TCP over TLS
    private static readonly TimeSpan s_unusedFor = TimeSpan.FromSeconds(8);

    private readonly List<Relay> _relays = [];
    private readonly List<(RelayTarget Target, TimeSpan At)> _planned = [];
    private int _targets;
    private int _bases;
    private TimeSpan? _unusedSince;

    /// <summary>True while a relay may still be found.</summary>
    public bool IsGathering => _planned.Count > 0 || _relays.Exists(relay => relay.IsGathering);

    public TimeSpan? NextDeadline
    {
        get
        {
            var next = _unusedSince + s_unusedFor;
            foreach (var (_, at) in _planned)
            {
                next = Earlier(next, at);
            }
            foreach (var relay in _relays)
            {
                next = Earlier(next, relay.Client.NextDeadline);
            }
            return next;
        }
    }

    /// <summary>A server was found; it is asked when its turn comes.</summary>
    public void Add(RelayTarget target, TimeSpan now)
    {
        if (_targets++ < MaxTargets)
        {
            _planned.Add((target, now + (s_head * (int)target.Url.Transport)));
        }
    }

    /// <summary>Lets time pass.</summary>
    public void Tick(TimeSpan now)
    {
        Ask(now);
        foreach (var relay in _relays)
        {
            if (relay.Client.NextDeadline <= now)
            {
                relay.Client.Tick(now);
            }
        }
        if (now >= _unusedSince + s_unusedFor)
        {
            _unusedSince = null;
            LeaveUnused(now);
        }
    }

    /// <summary>Sends what the clients have to say and hears what they tell.</summary>
    public void Drain(UdpSendBatch output, TimeSpan now)
    {
        for (var i = _relays.Count - 1; i >= 0; i--)
        {
            var relay = _relays[i];
            while (relay.Client.TryRead(out var e))
            {
                Hear(relay, e, now);
            }
            if (relay.Failure is { } failure)
            {
                Complain(relay.Target, failure);
                Drop(relay, output, now);
            }
            else if (relay.IsOver)
            {
                Drop(relay, output, now);
            }
        }
        Follow(now);
        foreach (var relay in _relays)
        {
            relay.Flush(output);
        }
    }

    /// <summary>The way of media; false if there is none.</summary>
    public bool TryGetPath(in FlowId flow, UdpSendBatch output, TimeSpan now, out PacketPath path)
    {
        path = default;
        return Find(flow.Base) is { } relay && relay.TryGetPath(flow.Remote, output, now, out path);
    }

    /// <summary>Sends a control message through a relay; lost if the relay is gone.</summary>
    public void Send(ReadOnlySpan<byte> message, in FlowId flow, UdpSendBatch output, TimeSpan now) =>
        Find(flow.Base)?.Send(message, flow.Remote, output, now);

    /// <summary>The viewer ends: all relays are given back.</summary>
    public void Leave(TimeSpan now)
    {
        _planned.Clear();
        _relays.ForEach(relay => relay.Leave(now));
        _relays.Clear();
    }

    private Relay? Find(int @base) => _relays.Find(relay => relay.Base == @base);

    private void Ask(TimeSpan now)
    {
        for (var i = 0; i < _planned.Count; )
        {
            var (target, at) = _planned[i];
            if (now < at)
            {
                i++;
                continue;
            }
            _planned.RemoveAt(i);
            if (target.Url.Transport != RelayTransport.Udp && _relays.Exists(relay => relay.Client.Relayed is not null))
            {
                continue; // what is there will do
            }
            try
            {
                _relays.Add(new Relay(FlowBases.FirstRelay + _bases++, target, viewer, context, now));
            }
            catch (SocketException e)
            {
                Complain(target, $"There is no way to the server: {e.Message}.");
            }
        }
    }

    private void Hear(Relay relay, in TurnClientEvent e, TimeSpan now)
    {
        if (e.Kind == TurnClientEventKind.Allocated)
        {
            viewer.Peer.AddLocalBase(relay.Base, e.Address, IceCandidateType.Relayed, e.Mapped);
            context.OnUnavailable(relay.Target.Url, null);
            return;
        }
        var target = relay.Target with { Detours = relay.Target.Detours + 1 };
        if (e.End == TurnClientEnd.Redirected && target.Detours <= MaxDetours && context.MayAsk(e.Address))
        {
            _planned.Add((target with { Addresses = [e.Address] }, now));
        }
        else if (e.End == TurnClientEnd.Mismatch && target.Detours <= MaxDetours)
        {
            _planned.Add((target, now)); // from another port
        }
        else
        {
            Complain(relay.Target, e.Sentence!);
        }
    }

    private void Complain(RelayTarget target, string sentence)
    {
        context.OnUnavailable(target.Url, sentence);
        viewer.TellRelayUnavailable(target, sentence);
    }

    private void Drop(Relay relay, UdpSendBatch output, TimeSpan now)
    {
        _relays.Remove(relay);
        relay.Close(output);
        viewer.Peer.RemoveLocalBase(relay.Base, now);
    }

    /// <summary>A relay in use gets a channel; unused ones are given back after a while.</summary>
    private void Follow(TimeSpan now)
    {
        if (viewer.Peer.Selected is not { } selected)
        {
            _unusedSince = null;
            return;
        }
        Find(selected.Base)?.Client.BindChannel(selected.Remote, now);
        _unusedSince = viewer.Peer.IsConnected && _relays.Exists(relay => relay.Base != selected.Base) ? _unusedSince ?? now : null;
    }

    private void LeaveUnused(TimeSpan now)
    {
        var used = viewer.Peer.Selected?.Base;
        for (var i = _relays.Count - 1; i >= 0; i--)
        {
            var relay = _relays[i];
            if (relay.Base != used)
            {
                _relays.RemoveAt(i);
                relay.Leave(now);
                viewer.Peer.RemoveLocalBase(relay.Base, now);
            }
        }
        _planned.Clear();
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;
}
