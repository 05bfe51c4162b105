// Where a camera is and how to get its stream.
namespace Mumu.Media.Sources.Rtsp;

/// <summary>How media travels from the camera.</summary>
public enum RtspTransportMode
{
    /// <summary>TCP, and UDP when the camera refuses it.</summary>
    Auto,

    /// <summary>Interleaved on the connection.</summary>
    Tcp,

    /// <summary>Datagrams to a pair of ports of ours.</summary>
    Udp,
}

/// <summary>Settings of an <see cref="RtspSource"/>. Printing them shows no password.</summary>
public sealed record RtspOptions
{
    /// <summary>rtsp:// or rtsps://; a user and password in it count when <see cref="UserName"/> is not set.</summary>
    public required Uri Uri { get; init; }

    /// <summary>User, or null.</summary>
    public string? UserName { get; init; }

    /// <summary>Password, or null.</summary>
    public string? Password { get; init; }

    /// <summary>Where it may be.</summary>
    public OutboundNetworks Networks { get; init; } = OutboundNetworks.Usual;

    /// <summary>How media travels.</summary>
    public RtspTransportMode Transport { get; init; }

    /// <summary>How long to wait for a connection and for each answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the picture may stay away while the camera plays, before it counts as stalled.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// SHA-256 of the camera's certificate in hex (colons allowed) for rtsps://. Without it a certificate that no authority vouches for is taken too, since cameras make their own:
    /// then nobody can listen, but somebody in between could pretend to be the camera.
    /// </summary>
    public string? CertificateSha256 { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Uri.Scheme}://{Uri.Host} ({Transport})";
}
