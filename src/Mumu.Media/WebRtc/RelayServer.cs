// A TURN server as signaling names it.
namespace Mumu.Media.WebRtc;

/// <summary>One URL of a TURN server and the credential for it.</summary>
/// <param name="Url"><c>turn:host:port?transport=udp</c>, <c>…=tcp</c>, or <c>turns:host:port</c> (RFC 7065).</param>
/// <param name="UserName">For the long-term credential; 1–508 bytes.</param>
/// <param name="Credential">Its password; secret.</param>
public sealed record RelayServer(string Url, string UserName, string Credential)
{
    /// <summary>The URL, never the credential.</summary>
    public override string ToString() => Url;
}
