// Which feedback and repair a viewer offers for the format chosen for a track.
using System.Globalization;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>What is agreed to beside a format.</summary>
/// <param name="Values">The rtcp-fb values of the answer.</param>
/// <param name="RtxType">Payload type of retransmissions (RFC 4588); null if lost packets are sent again as they were.</param>
/// <param name="TransportId">Id of the transport-wide number's extension; null without transport-wide feedback.</param>
internal sealed record FeedbackChoice(IReadOnlyList<string> Values, int? RtxType, int? TransportId)
{
    internal const string TransportNumber = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    private const string TransportFeedback = "transport-cc";
    private static readonly string[] s_always = ["nack", "nack pli", "ccm fir"];

    internal static FeedbackChoice Find(MediaDescription section, int type)
    {
        var offered = section
            .RtcpFeedback.Where(feedback => feedback.PayloadType is null || feedback.PayloadType == type)
            .Select(feedback => feedback.Value)
            .ToHashSet();
        var values = s_always.Where(offered.Contains).ToList();
        var rtx = offered.Contains("nack") ? FindRtx(section, type) : null;
        // A packet sent again as it was must be the same to the last bit, its transport-wide number too, which then would not tell when it was sent. So only with RTX.
        var transport = rtx is not null && offered.Contains(TransportFeedback) ? IdOf(section, TransportNumber) : null;
        if (transport is not null)
        {
            values.Add(TransportFeedback);
        }
        else if (offered.Contains("goog-remb"))
        {
            values.Add("goog-remb");
        }
        return new FeedbackChoice(values, rtx, transport);
    }

    /// <summary>What we tell of a format that we receive: arrivals wherever the sender wants to know them.</summary>
    internal static FeedbackChoice FindReceived(MediaDescription section, int type)
    {
        var sent = Find(section, type);
        var wants = section.RtcpFeedback.Any(feedback =>
            (feedback.PayloadType is null || feedback.PayloadType == type) && feedback.Value == TransportFeedback
        );
        var id = wants ? IdOf(section, TransportNumber) : null;
        var values = sent.Values.Where(value => value is not ("goog-remb" or TransportFeedback));
        return new FeedbackChoice([.. id is null ? values : values.Append(TransportFeedback)], sent.RtxType, id);
    }

    /// <summary>The id the offer gives a header extension, if a one-byte element can bear it.</summary>
    internal static int? IdOf(MediaDescription section, string uri)
    {
        foreach (var map in section.ExtMaps)
        {
            if (map.Uri == uri && map.Id is >= 1 and <= 14)
            {
                return map.Id;
            }
        }
        return null;
    }

    private static int? FindRtx(MediaDescription section, int type)
    {
        foreach (var format in section.Formats)
        {
            if (
                int.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var rtx)
                && rtx <= 127
                && section.RtpMapOf(rtx) is { } map
                && map.Encoding.Equals("rtx", StringComparison.OrdinalIgnoreCase)
                && section.FormatParametersOf(rtx).Number("apt", -1) == type
            )
            {
                return rtx;
            }
        }
        return null;
    }
}
