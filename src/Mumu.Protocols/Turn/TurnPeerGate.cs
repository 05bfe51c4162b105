// Who may be a peer right now: the rules, and the relays of this server.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>The rules in force, which the driver replaces when the machine's addresses change.</summary>
internal sealed class TurnPeerGate(TurnPeerRules rules, TurnAllocations allocations)
{
    public TurnPeerRules Rules { get; private set; } = rules;

    /// <summary>True if a permission for the address may be had.</summary>
    /// <param name="peer">Its port does not matter.</param>
    /// <param name="isOwn">The address is the server's own: <see cref="IsOpen"/> says which ports are reached by a socket there.</param>
    public bool MayPermit(in TransportAddress peer, out bool isOwn)
    {
        isOwn = false;
        if (Rules.Allows(peer))
        {
            return true;
        }
        isOwn = allocations.IsRelayAddress(peer) || Rules.HasOpenPort(peer);
        return isOwn;
    }

    /// <summary>True if this port of an own address may be reached by a socket.</summary>
    public bool IsOpen(in TransportAddress peer) => Rules.IsOpenPort(peer);

    /// <summary>Puts other rules in force, for permissions and channels that exist, too.</summary>
    public void Replace(TurnPeerRules rules)
    {
        Rules = rules;
        allocations.Rejudge(this);
    }
}
