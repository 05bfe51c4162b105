// What the server's side of a connection has to know before it starts.
namespace Mumu.Protocols.Rtmp;

/// <summary>Settings of one connection.</summary>
public sealed record RtmpServerOptions
{
    /// <summary>How long a client that neither publishes nor plays may be silent.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may stay without publishing or playing.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a publisher may be silent. A reader need not say anything.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
