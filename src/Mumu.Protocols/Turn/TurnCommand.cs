// What the TURN server asks of its driver: sockets.
namespace Mumu.Protocols.Turn;

/// <summary>What is to be done with a relay's socket.</summary>
public enum TurnCommandKind
{
    /// <summary>Bind one, then call <see cref="TurnServer.RelayOpened"/> or <see cref="TurnServer.RelayFailed"/>.</summary>
    OpenRelay,

    /// <summary>Close it, or don't open it any more; nothing is to be reported.</summary>
    CloseRelay,
}

/// <summary>A wish of the core; the driver carries them out in order.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Relay">The relay's number, never used twice.</param>
/// <param name="IsIPv6">The family to bind.</param>
/// <param name="IsEven">The port must be even.</param>
public readonly record struct TurnCommand(TurnCommandKind Kind, int Relay, bool IsIPv6, bool IsEven = false);
