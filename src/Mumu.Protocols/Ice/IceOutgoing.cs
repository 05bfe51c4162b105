// A message that waits to be sent, before it has bytes.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>What kind of message waits.</summary>
internal enum IceOutgoingKind : byte
{
    /// <summary>A connectivity or consent check.</summary>
    Check,

    /// <summary>A plain Binding request to a STUN server.</summary>
    Gather,

    /// <summary>A success answer.</summary>
    Success,

    /// <summary>An error answer.</summary>
    Error,
}

/// <summary>A message that waits to be sent; its bytes are made straight into the driver's buffer.</summary>
internal readonly record struct IceOutgoing(IceOutgoingKind Kind, FlowId Flow, StunTransactionId Transaction)
{
    /// <summary>Credentials to sign with; null for a STUN server.</summary>
    public IceKeys? Keys { get; init; }

    /// <summary>Checks: the role claimed.</summary>
    public IceRole Role { get; init; }

    /// <summary>Checks: PRIORITY.</summary>
    public uint Priority { get; init; }

    /// <summary>Checks: nominate.</summary>
    public bool UseCandidate { get; init; }

    /// <summary>Error answers: the number.</summary>
    public int Error { get; init; }

    /// <summary>Error answer 420: the first attribute not known.</summary>
    public ushort UnknownAttribute { get; init; }
}
