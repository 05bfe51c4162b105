// What the server's side of a connection has to know before it starts.
namespace Mumu.Protocols.Rtsp.Server;

/// <summary>Settings of one connection.</summary>
/// <param name="SessionId">The id of the session that may be made: random, 8–64 letters and digits.</param>
public sealed record RtspServerOptions(string SessionId)
{
    /// <summary>How long a session lives without a sign of life.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may take for one request, and from one to the next, while it has no session.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may stay without a session.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>False refuses media on the connection.</summary>
    public bool AllowsTcp { get; init; } = true;

    /// <summary>False refuses media over UDP.</summary>
    public bool AllowsUdp { get; init; } = true;

    /// <summary>The name we give ourselves.</summary>
    public string ServerName { get; init; } = "MuMu Camera";
}
