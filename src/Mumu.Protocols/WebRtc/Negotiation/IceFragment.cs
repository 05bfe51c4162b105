// Our side of ICE as a fragment of a description.
using System.Text;
using Mumu.Protocols.Ice;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>The body of an answer to a restart by PATCH (RFC 9725 §4.3.3, RFC 8840 §9): credentials, then the section of the transport with its candidates.</summary>
internal static class IceFragment
{
    internal static string Write(IceAgent ice, string kind, string mid)
    {
        var text = new StringBuilder("a=ice-options:trickle\r\n");
        text.Append("a=ice-ufrag:").Append(ice.Local.Ufrag).Append("\r\na=ice-pwd:").Append(ice.Local.Password);
        text.Append("\r\nm=").Append(kind).Append(" 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:").Append(mid).Append("\r\n");
        foreach (var candidate in ice.LocalCandidates)
        {
            text.Append("a=").Append(candidate).Append("\r\n");
        }
        return text.ToString();
    }
}
