// What an agent tells its owner.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>An event of an <see cref="IceAgent"/>.</summary>
public abstract record IceEvent
{
    private IceEvent() { }

    /// <summary>The state changed; a failure has its reason in a sentence.</summary>
    public sealed record StateChanged(IceState State, string? Reason) : IceEvent;

    /// <summary>Datagrams should go this way from now on; null when consent is gone.</summary>
    public sealed record SelectedChanged(FlowId? Flow) : IceEvent;

    /// <summary>A local candidate to signal (trickle, RFC 8838).</summary>
    public sealed record LocalCandidate(IceCandidate Candidate) : IceEvent;

    /// <summary>No request to a STUN server is left open: local candidates are complete until another base or server is added.</summary>
    public sealed record GatheringCompleted : IceEvent;

    /// <summary>A role conflict turned the role.</summary>
    public sealed record RoleChanged(IceRole Role) : IceEvent;
}
