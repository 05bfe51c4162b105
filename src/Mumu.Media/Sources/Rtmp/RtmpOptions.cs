// Where an RTMP stream is.
namespace Mumu.Media.Sources.Rtmp;

/// <summary>Settings of an <see cref="RtmpSource"/>. Printing them shows no password.</summary>
public sealed record RtmpOptions
{
    /// <summary>rtmp:// or rtmps:// with a path; credentials stand in the query, as the server wants them.</summary>
    public required Uri Uri { get; init; }

    /// <summary>Where it may be.</summary>
    public OutboundNetworks Networks { get; init; } = OutboundNetworks.Usual;

    /// <summary>How long to wait for a connection and for each answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long media may stay away while the server plays, before it counts as stalled.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public override string ToString() => $"{Uri.Scheme}://{Uri.Host}";
}
