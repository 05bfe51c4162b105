// One section of an offer of ours.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.WebRtc.Offering;

/// <summary>What one "m=" line offers.</summary>
/// <param name="Kind">"video", "audio" or "application".</param>
/// <param name="Track">Index of the track sent in it; −1 for none.</param>
/// <param name="Receives">True if we take what the other side sends in it.</param>
/// <param name="Formats">The formats, the best first; empty for data channels.</param>
internal sealed record OfferedSection(string Kind, int Track, bool Receives, IReadOnlyList<OfferedFormat> Formats)
{
    /// <summary>The source of the track, and of its retransmissions.</summary>
    internal (Ssrc Media, Ssrc Repair) Sources { get; init; }

    internal bool IsVideo => Kind == "video";

    internal string Direction =>
        (Track >= 0, Receives) switch
        {
            (true, true) => "sendrecv",
            (true, false) => "sendonly",
            _ => "recvonly",
        };

    /// <summary>The sections of an offer: video, audio, data.</summary>
    internal static List<OfferedSection> Plan(OfferContents contents, Random random)
    {
        var types = new PayloadTypes();
        var used = new HashSet<Ssrc>();
        var sections = new List<OfferedSection>();
        foreach (var isVideo in new[] { true, false })
        {
            var kind = isVideo ? "video" : "audio";
            var track = contents.Sends.ToList().FindIndex(sent => sent.IsVideo == isVideo);
            Codec[] received = [.. contents.Receives.Where(codec => CodecNames.IsVideo(codec) == isVideo)];
            if (track >= 0)
            {
                var sent = contents.Sends[track];
                sections.Add(
                    new OfferedSection(kind, track, received.Contains(sent.Codec), OfferedFormat.For(sent, types))
                    {
                        Sources = (OutgoingTracks.NewSsrc(used, random), OutgoingTracks.NewSsrc(used, random)),
                    }
                );
            }
            else if (received.Length > 0)
            {
                sections.Add(new OfferedSection(kind, -1, true, [.. received.SelectMany(codec => OfferedFormat.Of(codec, types))]));
            }
        }
        if (contents.Data)
        {
            sections.Add(new OfferedSection("application", -1, false, []));
        }
        return sections;
    }
}
