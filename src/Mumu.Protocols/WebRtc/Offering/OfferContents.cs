// What an offer of ours asks for.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.WebRtc.Offering;

/// <summary>What we want to send and to receive. One video and one audio section at most: a kind that is both sent and received shares a section (sendrecv), and then one format.</summary>
public sealed record OfferContents
{
    /// <summary>Tracks to send, one video and one audio at most.</summary>
    public IReadOnlyList<SendTrack> Sends { get; init; } = [];

    /// <summary>Formats to receive, by preference; see <see cref="Receiving.PublishedMedia.AllCodecs"/>. Empty: nothing is received.</summary>
    public IReadOnlyList<Codec> Receives { get; init; } = [];

    /// <summary>Offers data channels.</summary>
    public bool Data { get; init; }
}
