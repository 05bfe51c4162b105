// One WHEP reader and what its later requests need.
using System.Security.Cryptography;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whep;

/// <summary>A session of one reader.</summary>
/// <param name="cameraId">Which camera, as in its path.</param>
/// <param name="keyName">Whose API key began it; only that one may change or end it.</param>
/// <param name="isOpen">True if its key came in the address, which later requests do not repeat: then its own unguessable address is enough.</param>
/// <param name="viewer">The media session.</param>
/// <param name="offer">The offer, which names the first ICE generation.</param>
internal sealed class WhepSession(string cameraId, string keyName, bool isOpen, ViewerSession viewer, string offer)
{
    private volatile Generation _generation = new(UfragsOf(offer), NewETag());

    public string CameraId => cameraId;

    public string KeyName => keyName;

    public bool IsOpen => isOpen;

    public ViewerSession Viewer => viewer;

    /// <summary>Names the ICE generation.</summary>
    public string ETag => _generation.ETag;

    /// <summary>True if candidates of that ICE user fragment belong to the generation.</summary>
    public bool HasUfrag(string ufrag) => _generation.Ufrags.Contains(ufrag);

    /// <summary>Restarts ICE with the reader's new credentials and returns ours, with candidates, as a fragment.</summary>
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
