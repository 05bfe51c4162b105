// Which stream over HTTP, and how patient we are.
namespace Mumu.Media.Sources.Http;

/// <summary>Settings of an <see cref="HttpSource"/>. Printing them shows no password.</summary>
public sealed record HttpSourceOptions
{
    /// <summary>http:// or https://.</summary>
    public required Uri Uri { get; init; }

    /// <summary>User for Basic or Digest, or null.</summary>
    public string? UserName { get; init; }

    /// <summary>Password, or null.</summary>
    public string? Password { get; init; }

    /// <summary>Where it may be, redirects too.</summary>
    public OutboundNetworks Networks { get; init; } = OutboundNetworks.Usual;

    /// <summary>How long to wait for a connection and for an answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long bytes may stay away.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the address gives single pictures: how often one is fetched.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public override string ToString() => $"{Uri.Scheme}://{Uri.Host}";
}
