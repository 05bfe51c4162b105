// One session of WHEP or WHIP and what its later requests need.
using System.Security.Cryptography;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whep;

/// <summary>A session of one reader or publisher.</summary>
/// <param name="address">The address it was begun at.</param>
/// <param name="caller">Whose API key began it: only that one may change or end it.</param>
/// <param name="viewer">The media session.</param>
/// <param name="offer">The offer, which names the first ICE generation.</param>
internal sealed class WhepSession(WhepAddress address, WhepCaller caller, ViewerSession viewer, string offer)
{
    private volatile Generation _generation = new(UfragsOf(offer), NewETag());

    /// <summary>Its own address.</summary>
    public string Location => address.Of(viewer.Id);

    public ViewerSession Viewer => viewer;

    /// <summary>Names the ICE generation.</summary>
    public string ETag => _generation.ETag;

    /// <summary>
    /// True if a request to an address that names it may speak for it: the address is below the one it was begun at, and the key is the same. Where the key came in the address, which later requests do not
    /// repeat, its own unguessable address is enough.
    /// </summary>
    /// <param name="asked">The request's address.</param>
    /// <param name="key">The name of the request's key; null for none.</param>
    public bool Belongs(WhepAddress asked, string? key) =>
        asked.Path == address.Path && asked.Publishes == address.Publishes && (key == caller.Key || (key is null && caller.IsKeyInAddress));

    /// <summary>True if candidates of that ICE user fragment belong to the generation.</summary>
    public bool HasUfrag(string ufrag) => _generation.Ufrags.Contains(ufrag);

    /// <summary>Restarts ICE with the other side's new credentials and returns ours, with candidates, as a fragment.</summary>
    /// <exception cref="SdpException">They are no credentials, or the session is over.</exception>
    public async Task<string> RestartAsync(string ufrag, string password)
    {
        var fragment = await viewer.RestartAsync(ufrag, password).ConfigureAwait(false);
        _generation = new Generation([ufrag], NewETag());
        return fragment;
    }

    private static string NewETag() => $"\"{RandomNumberGenerator.GetHexString(16, lowercase: true)}\"";

    private static HashSet<string> UfragsOf(string sdp) =>
        [
            .. sdp.Split(['\n', '\r'])
                .Select(line => line.Trim())
                .Where(line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal))
                .Select(line => line["a=ice-ufrag:".Length..]),
        ];

    private sealed record Generation(HashSet<string> Ufrags, string ETag);
}
