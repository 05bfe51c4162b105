// How the WebRTC engine is set up.
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Mumu.Media.WebRtc;

/// <summary>Settings of a <see cref="WebRtcEngine"/>.</summary>
public sealed record WebRtcOptions
{
    /// <summary>Where the UDP sockets are bound. A loopback address keeps everything on this machine; the IPv6 wildcard serves IPv4 too, and becomes the IPv4 one where there is no IPv6.</summary>
    public IPAddress Bind { get; init; } = IPAddress.IPv6Any;

    /// <summary>UDP port of the first loop; loop i binds Port + i. 0 lets the system choose each.</summary>
    public int Port { get; init; } = 8189;

    /// <summary>Listens on TCP too, at each loop's port, for viewers whose networks let no UDP through (RFC 6544).</summary>
    public bool Tcp { get; init; } = true;

    /// <summary>Loops, each a thread with a socket and its viewers; 1–64.</summary>
    public int Loops { get; init; } = Environment.ProcessorCount;

    /// <summary>Roots that certificates of <c>turns:</c> servers must lead to; null: those of the system.</summary>
    public X509Certificate2Collection? RelayRoots { get; init; }

    /// <summary>The most viewers at a time; further offers are refused.</summary>
    public int MaxViewers { get; init; } = 1000;

    /// <summary>How long an offer waits for its stream to play.</summary>
    public TimeSpan StreamTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a viewer may take from the answer to the end of its DTLS handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most bytes of one SRTP packet; 1,200 passes every path.</summary>
    public int MaxPacketBytes { get; init; } = 1200;

    /// <summary>The most packets a millisecond to one viewer near by (round trip up to <see cref="NearRoundTrip"/>): the rate of key frames and of the cached group.</summary>
    public double BurstPacketsPerMillisecond { get; init; } = 16;

    /// <summary>The same for a viewer farther away, where a thin path may have a short queue; at least three times the stream's rate is used.</summary>
    public double FarBurstPacketsPerMillisecond { get; init; } = 4;

    /// <summary>The same for one farther away whose first feedback has not come yet.</summary>
    public double UnprovenPacketsPerMillisecond { get; init; } = 1;

    /// <summary>See <see cref="BurstPacketsPerMillisecond"/>.</summary>
    public TimeSpan NearRoundTrip { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Packets kept for retransmission at least, beside the cached group.</summary>
    public int RetransmitPackets { get; init; } = 2000;

    /// <summary>Least time between two answers to a viewer's request for a key frame.</summary>
    public TimeSpan KeyFrameInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Least time between two requests to a source for a key frame, over all viewers of it.</summary>
    public TimeSpan SourceKeyFrameInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How far behind the live edge a viewer may fall before it is moved to the next key frame.</summary>
    public TimeSpan MaxLag { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same for one whose path is known to be too narrow: what is left of the group then stays out.</summary>
    public TimeSpan MaxNarrowLag { get; init; } = TimeSpan.FromMilliseconds(400);
}
