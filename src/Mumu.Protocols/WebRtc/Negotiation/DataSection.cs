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
        media.Kind == "application" && media.Protocol is Protocol or "TCP/DTLS/SCTP" && media.Formats is [Format, ..];

    /// <summary>The other side's SCTP port.</summary>
    internal static ushort PortOf(MediaDescription media) =>
        ushort.TryParse(media.Attributes.Get("sctp-port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : DataChannelLimits.Port;

    /// <summary>The longest message it takes, bytes; 0 for any.</summary>
    internal static long MaxMessageOf(MediaDescription media) =>
        long.TryParse(media.Attributes.Get("max-message-size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : UnsaidMaxMessage;

    internal static void AddOurs(SdpAttributes attributes, DataChannelLimits limits)
    {
        attributes.Add("sctp-port", DataChannelLimits.Port.ToString(CultureInfo.InvariantCulture));
        attributes.Add("max-message-size", limits.MaxMessageBytes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The channels that a section of the other side agrees to.</summary>
    internal static PeerDataChannels Open(MediaDescription theirs, DataChannelLimits limits, bool isDtlsClient, Random random) =>
        new(limits, isDtlsClient, PortOf(theirs), MaxMessageOf(theirs), random);
}
