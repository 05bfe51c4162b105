// How the RTMP server listens.
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>Settings of an <see cref="RtmpListener"/>.</summary>
public sealed record RtmpServerSettings
{
    /// <summary>Where to listen; a wildcard serves all interfaces.</summary>
    public IPAddress Bind { get; init; } = IPAddress.IPv6Any;

    /// <summary>The TCP port of RTMP; 0 lets the system choose.</summary>
    public int Port { get; init; } = 1935;

    /// <summary>The TCP port of RTMPS, used only with a <see cref="Certificate"/>; 0 lets the system choose.</summary>
    public int TlsPort { get; init; } = 1936;

    /// <summary>The certificate of RTMPS with its private key; null leaves RTMPS off.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The most connections at a time.</summary>
    public int MaxConnections { get; init; } = 4000;

    /// <summary>The most connections of one address at a time.</summary>
    public int MaxConnectionsOfAddress { get; init; } = 1000;

    /// <summary>How long a stream may take to play when somebody wants to read it.</summary>
    public TimeSpan StreamTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a reader's end may take nothing, or a publisher send nothing, before the connection ends.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
