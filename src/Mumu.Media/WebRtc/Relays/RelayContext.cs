// What a loop's relays share.
using System.Security.Cryptography.X509Certificates;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc.Relays;

/// <summary>The way back to the loop, and rules about servers.</summary>
/// <param name="Post">Posts to the loop; false if its queue is full.</param>
/// <param name="Farewells">The loop's leaving relays.</param>
/// <param name="Roots">Roots that certificates of <c>turns:</c> servers must lead to; null: those of the system.</param>
/// <param name="MayAsk">Whether a server's address may be spoken to.</param>
/// <param name="OnUnavailable">Is told why a server gave no relay; null: it gave one.</param>
internal sealed record RelayContext(
    Func<LoopCommand, bool> Post,
    RelayFarewells Farewells,
    X509Certificate2Collection? Roots,
    Predicate<TransportAddress> MayAsk,
    Action<RelayUrl, string?> OnUnavailable
);
