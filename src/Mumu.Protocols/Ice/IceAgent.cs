// The ICE agent: finds a way to the peer, keeps it fresh, and leaves it when it dies.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>
/// A full ICE agent for one component (RFC 8445, trickle RFC 8838, consent RFC 7675), in both roles. Sans-IO: datagrams and the time come in,
/// datagrams, events and the next deadline go out. Not thread-safe; one loop owns it.
/// </summary>
public sealed class IceAgent
{
    /// <summary>Makes an agent; nothing is sent before it has a base and either the remote credentials or a STUN server.</summary>
    public IceAgent(IceOptions options) => Role = options.Role;

    /// <summary>The role at present.</summary>
    public IceRole Role { get; private set; }

    /// <summary>This side's credentials at present.</summary>
    public IceCredentials Local => throw new NotImplementedException();

    /// <summary>Local candidates so far, to be signaled.</summary>
    public IReadOnlyList<IceCandidate> LocalCandidates => throw new NotImplementedException();

    /// <summary>Where datagrams to the peer should go; null while no pair works. Before a nomination it is the best pair that works.</summary>
    public FlowId? Selected => throw new NotImplementedException();

    /// <summary>The state.</summary>
    public IceState State => throw new NotImplementedException();

    /// <summary>Smoothed round trip on the selected pair.</summary>
    public TimeSpan? RoundTrip => throw new NotImplementedException();

    /// <summary>When <see cref="Tick"/> wants to be called next; null when nothing is to come.</summary>
    public TimeSpan? NextDeadline => throw new NotImplementedException();

    /// <summary>
    /// Adds an address of one of the driver's sockets; yields a local candidate. A socket bound to any address may have several under one
    /// number. With <see cref="IceCandidateType.ServerReflexive"/> it adds an outside address that the driver learnt for all its sessions, and with
    /// <see cref="IceCandidateType.Relayed"/> an address of a relay that is the base itself.
    /// </summary>
    public void AddLocalBase(int @base, TransportAddress address, IceCandidateType type = IceCandidateType.Host) =>
        throw new NotImplementedException();

    /// <summary>Asks a STUN server from every host base of its family, now and later added; at most 8 servers.</summary>
    public void AddStunServer(TransportAddress server) => throw new NotImplementedException();

    /// <summary>Sets the other side's credentials. Other ones than before are a restart by the peer: its candidates start anew.</summary>
    public void SetRemote(IceCredentials remote, bool remoteIsLite) => throw new NotImplementedException();

    /// <summary>Begins a restart (RFC 8445 §9): new credentials, no remote ones until <see cref="SetRemote"/>; the old pair serves until a new one works.</summary>
    public void Restart(IceCredentials local) => throw new NotImplementedException();

    /// <summary>Adds a signaled candidate; false if it is of no use (a name, TCP, another component, a double, one too many).</summary>
    public bool AddRemoteCandidate(IceCandidate candidate, TimeSpan now) => throw new NotImplementedException();

    /// <summary>The peer has no more candidates to signal.</summary>
    public void EndOfRemoteCandidates() => throw new NotImplementedException();

    /// <summary>Takes a datagram; true if it was authentic STUN of this agent. All else changes nothing.</summary>
    public bool Receive(ReadOnlySpan<byte> datagram, in FlowId flow, TimeSpan now) => throw new NotImplementedException();

    /// <summary>True if a pair on this flow has worked and its consent has not expired: other protocols are accepted from there only.</summary>
    public bool IsValidated(in FlowId flow) => throw new NotImplementedException();

    /// <summary>Lets time pass.</summary>
    public void Tick(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Writes the next datagram to send; <paramref name="buffer"/> holds at least 512 bytes.</summary>
    public bool TryTransmit(Span<byte> buffer, out int length, out FlowId flow) => throw new NotImplementedException();

    /// <summary>Takes the next event.</summary>
    public bool TryRead(out IceEvent e) => throw new NotImplementedException();

    /// <summary>Ends it: nothing is sent, received or told any more, but the last change of state.</summary>
    public void Close() => throw new NotImplementedException();
}
