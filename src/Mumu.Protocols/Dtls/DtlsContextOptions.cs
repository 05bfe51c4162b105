// What tests change about the shared libssl context; programs use the defaults.
namespace Mumu.Protocols.Dtls;

/// <summary>The offers of the handshake.</summary>
internal sealed record DtlsContextOptions
{
    /// <summary>Forward secret suites only; the last two are what old hardware peers have.</summary>
    public string Ciphers { get; init; } =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
        + ":ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA";

    /// <summary>GCM first: a server takes the first of its own list that the client offers.</summary>
    public string SrtpProfiles { get; init; } = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

    /// <summary>An ALPN list in wire form, which makes a ClientHello as large as a test likes.</summary>
    public byte[]? ApplicationProtocols { get; init; }
}
