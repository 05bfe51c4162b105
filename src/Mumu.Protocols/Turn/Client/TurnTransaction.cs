// A request under way.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn.Client;

/// <summary>A request and what is needed to make it anew under another nonce.</summary>
internal sealed class TurnTransaction(StunMethod method)
{
    public StunMethod Method { get; } = method;

    /// <summary>CreatePermission and ChannelBind: whom for.</summary>
    public TransportAddress Peer { get; init; }

    /// <summary>ChannelBind: the number.</summary>
    public int Channel { get; init; }

    /// <summary>Allocate and Refresh: the lifetime asked for.</summary>
    public TimeSpan Lifetime { get; init; }

    public StunTransactionId Id { get; set; }

    public byte[] Message { get; set; } = [];

    public bool IsSigned { get; set; }

    public int Transmissions { get; set; }

    public TimeSpan Wait { get; set; }

    public TimeSpan NextAt { get; set; }

    /// <summary>Times the server asked for another nonce.</summary>
    public int Challenges { get; set; }
}
