// The section of a description that stands for data channels.
using System.Globalization;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>"m=application" for data channels (RFC 8841).</summary>
internal static class DataSection
{
    internal const string Protocol = "UDP/DTLS/SCTP";
    internal const string Format = "webrtc-datachannel";
    private const long UnsaidMaxMessage = 65_536; // RFC 8841 §6.1

    internal static bool Is(MediaDescription media) =>
        media.Kind == "application"
        && (media.Protocol is Protocol or "TCP/DTLS/SCTP" ? media.Formats is [Format, ..] : IsOld(media) && OldPortOf(media) is not null);

    /// <summary>The other side's SCTP port.</summary>
    internal static ushort PortOf(MediaDescription media) =>
        OldPortOf(media)
        ?? (
            ushort.TryParse(media.Attributes.Get("sctp-port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? port
                : DataChannelLimits.Port
        );

    /// <summary>The longest message it takes, bytes; 0 for any.</summary>
    internal static long MaxMessageOf(MediaDescription media) =>
        long.TryParse(media.Attributes.Get("max-message-size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : UnsaidMaxMessage;

    /// <summary>What our section offers, or answers to one of the other side.</summary>
    internal static void AddOurs(SdpAttributes attributes, DataChannelLimits limits, MediaDescription? asked = null)
    {
        var port = DataChannelLimits.Port.ToString(CultureInfo.InvariantCulture);
        if (asked is not null && IsOld(asked))
        {
            attributes.Add("sctpmap", $"{port} {Format} {limits.Streams.ToString(CultureInfo.InvariantCulture)}");
        }
        else
        {
            attributes.Add("sctp-port", port);
        }
        attributes.Add("max-message-size", limits.MaxMessageBytes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The formats of the answer to a section.</summary>
    internal static IReadOnlyList<string> FormatsFor(MediaDescription asked) =>
        IsOld(asked) ? [DataChannelLimits.Port.ToString(CultureInfo.InvariantCulture)] : asked.Formats;

    /// <summary>The channels that a plan agrees to; null if it agrees to none.</summary>
    internal static PeerDataChannels? Open(RemoteOffer offer, AnswerPlan plan, PeerOptions options, bool isDtlsClient)
    {
        for (var i = 0; i < plan.Sections.Count; i++)
        {
            if (plan.Sections[i].Kind == SectionKind.Data)
            {
                return Open(offer.Sdp.Media[i], options.DataChannels, isDtlsClient, options.Random);
            }
        }
        return null;
    }

    /// <summary>The channels that a section of the other side agrees to.</summary>
    internal static PeerDataChannels Open(MediaDescription theirs, DataChannelLimits limits, bool isDtlsClient, Random random) =>
        new(limits, isDtlsClient, PortOf(theirs), MaxMessageOf(theirs), random);

    // The form of drafts before RFC 8841, which aiortc still writes: the port as format, and "sctpmap" to name what it carries.
    private static bool IsOld(MediaDescription media) => media.Protocol == "DTLS/SCTP";

    private static ushort? OldPortOf(MediaDescription media) =>
        IsOld(media)
        && media.Formats is [var format, ..]
        && ushort.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && media.Attributes.GetAll("sctpmap").Any(map => map.StartsWith($"{format} {Format}", StringComparison.Ordinal))
            ? port
            : null;
}
