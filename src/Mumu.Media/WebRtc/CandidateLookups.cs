// Everything about candidates that needs a name to be looked up, off the loops.
using System.Net;
using Mumu.Media.WebRtc.Relays;
using Mumu.Protocols.Ice;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Media.WebRtc;

/// <summary>Finds the addresses of STUN servers and of viewers' ".local" names and posts them to the viewer's loop.</summary>
/// <param name="onlyLoopback">Keeps everything on this machine: other addresses are ignored, and nothing is asked of the network.</param>
/// <param name="relays">Finds TURN servers.</param>
/// <param name="stopping">Ends all lookups.</param>
internal sealed class CandidateLookups(bool onlyLoopback, RelayTargets relays, CancellationToken stopping)
{
    private readonly MulticastNames _names = new();

    /// <summary>False for an address outside of this machine where nothing may leave it.</summary>
    internal bool MayTry(IceCandidate candidate) =>
        candidate.TryGetAddress(out var address) && (!onlyLoopback || IPAddress.IsLoopback(address.ToIPAddress()));

    /// <summary>Begins what an offer asks for.</summary>
    internal void Begin(ViewerOffer offer, RemoteOffer remote, Viewer viewer, ViewerLoop loop)
    {
        foreach (var candidate in remote.Candidates)
        {
            if (!Prepare(candidate, viewer, loop))
            {
                viewer.Session.LeaveOut();
            }
        }
        _ = AddServersAsync(offer, viewer, loop);
    }

    /// <summary>True for a candidate that may be tried now; a name is looked up, and its candidate posted when it is found.</summary>
    internal bool Prepare(IceCandidate candidate, Viewer viewer, ViewerLoop loop)
    {
        if (MayTry(candidate))
        {
            return true;
        }
        if (!onlyLoopback && MulticastNames.IsName(candidate.Host))
        {
            _ = AddByNameAsync(candidate, viewer, loop);
        }
        return false;
    }

    private async Task AddServersAsync(ViewerOffer offer, Viewer viewer, ViewerLoop loop)
    {
        await Task.WhenAll([
                AddStunServersAsync(offer.StunUrls, viewer, loop),
                .. offer.Relays.Take(ViewerRelays.MaxTargets).Select(server => AddRelayAsync(server, viewer, loop)),
            ])
            .ConfigureAwait(false);
        loop.TryPost(new LoopCommand(LoopCommandKind.NoMoreServers, viewer));
    }

    private async Task AddStunServersAsync(IReadOnlyList<string> urls, Viewer viewer, ViewerLoop loop)
    {
        foreach (var server in await StunServers.ResolveAsync(urls, onlyLoopback, stopping).ConfigureAwait(false))
        {
            loop.TryPost(new LoopCommand(LoopCommandKind.AddStunServer, viewer, server));
        }
    }

    private async Task AddRelayAsync(RelayServer server, Viewer viewer, ViewerLoop loop)
    {
        var (target, complaint) = await relays.FindAsync(server, stopping).ConfigureAwait(false);
        if (target is not null)
        {
            loop.TryPost(new LoopCommand(LoopCommandKind.AddRelay, viewer, target));
        }
        else if (complaint is not null)
        {
            viewer.Session.Tell(new ViewerEvent.RelayUnavailable(server.Url, complaint));
        }
    }

    private async Task AddByNameAsync(IceCandidate candidate, Viewer viewer, ViewerLoop loop)
    {
        try
        {
            if (await _names.ResolveAsync(candidate.Host, stopping).ConfigureAwait(false) is { } address)
            {
                loop.TryPost(new LoopCommand(LoopCommandKind.AddCandidate, viewer, candidate.WithAddress(address)));
            }
        }
        catch (OperationCanceledException)
        {
            // The engine is stopping.
        }
    }
}
