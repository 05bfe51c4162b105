// One WHEP reader and what its later requests need.
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whep;

/// <summary>A session of one reader.</summary>
/// <param name="CameraId">Which camera, as in its path.</param>
/// <param name="KeyName">Whose API key began it; only that one may change or end it.</param>
/// <param name="IsOpen">True if its key came in the address, which later requests do not repeat: then its own unguessable address is enough.</param>
/// <param name="Viewer">The media session.</param>
/// <param name="Offer">The offer, to tell another ICE generation from this one.</param>
/// <param name="ETag">Names this ICE generation.</param>
internal sealed record WhepSession(string CameraId, string KeyName, bool IsOpen, ViewerSession Viewer, string Offer, string ETag)
{
    /// <summary>True if candidates of that ICE user fragment belong to this session.</summary>
    public bool HasUfrag(string ufrag)
    {
        foreach (var range in Offer.AsSpan().SplitAny('\n', '\r'))
        {
            var line = Offer.AsSpan(range).Trim();
            if (line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal) && line["a=ice-ufrag:".Length..].SequenceEqual(ufrag))
            {
                return true;
            }
        }
        return false;
    }
}
