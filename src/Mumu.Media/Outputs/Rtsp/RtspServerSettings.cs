// How the RTSP server listens and what it allows.
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Settings of an <see cref="RtspListener"/>.</summary>
public sealed record RtspServerSettings
{
    /// <summary>Where to listen; a wildcard serves all interfaces.</summary>
    public IPAddress Bind { get; init; } = IPAddress.IPv6Any;

    /// <summary>The TCP port of RTSP; 0 lets the system choose.</summary>
    public int Port { get; init; } = 8554;

    /// <summary>The TCP port of RTSP in TLS, used only with a <see cref="Certificate"/>; 0 lets the system choose.</summary>
    public int TlsPort { get; init; } = 8322;

    /// <summary>The UDP port of RTP, even; RTCP has the next. 0 lets the system choose.</summary>
    public int UdpPort { get; init; } = 8050;

    /// <summary>The certificate of RTSPS with its private key; null leaves RTSPS off.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>False refuses media on the connection.</summary>
    public bool AllowsTcp { get; init; } = true;

    /// <summary>False refuses media over UDP.</summary>
    public bool AllowsUdp { get; init; } = true;

    /// <summary>The most connections at a time.</summary>
    public int MaxConnections { get; init; } = 4000;

    /// <summary>The most connections of one address at a time.</summary>
    public int MaxConnectionsOfAddress { get; init; } = 1000;

    /// <summary>How long a stream may take to play when somebody wants to read it.</summary>
    public TimeSpan StreamTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a reader's end may take nothing, or a publisher send nothing, before the connection ends.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
