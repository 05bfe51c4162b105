// A request that has proved whose it is.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>An authentic request and what is needed to answer it.</summary>
internal readonly ref struct TurnRequest
{
    /// <summary>The message.</summary>
    public required StunMessage Message { get; init; }

    /// <summary>Whence it came.</summary>
    public required FlowId Client { get; init; }

    /// <summary>USERNAME, within the message.</summary>
    public required ReadOnlySpan<byte> UserName { get; init; }

    /// <summary>What follows the colon of the user name.</summary>
    public required ReadOnlySpan<byte> Identifier { get; init; }

    /// <summary>The key of its integrity.</summary>
    public required ReadOnlySpan<byte> Key { get; init; }

    /// <summary>When its credential ends, on the server's clock.</summary>
    public required TimeSpan CredentialEnd { get; init; }

    public StunMethod Method => Message.Method;

    public StunTransactionId Transaction => Message.TransactionId;

    public bool WithFingerprint => Message.HasFingerprint;
}
