// How messages stand one behind the other in a stream of bytes.
namespace Mumu.Protocols.Stun;

/// <summary>The two framings in use over TCP and TLS.</summary>
public enum StreamFraming
{
    /// <summary>STUN messages and ChannelData tell their own lengths; ChannelData is padded to four bytes (RFC 8656 §12.5).</summary>
    Turn,

    /// <summary>Two bytes of length in front of each packet (RFC 4571), as ICE over TCP has it (RFC 6544 §10.1).</summary>
    LengthPrefixed,
}
