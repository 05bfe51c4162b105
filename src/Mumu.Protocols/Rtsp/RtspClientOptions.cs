// What an RTSP client has to know before it starts.
namespace Mumu.Protocols.Rtsp;

/// <summary>Settings of one session.</summary>
/// <param name="Uri">The presentation, rtsp:// or rtsps://; a user and password in it are not used.</param>
public sealed record RtspClientOptions(Uri Uri)
{
    /// <summary>How long a request may go unanswered.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The name we give ourselves.</summary>
    public string UserAgent { get; init; } = "MuMu Camera";
}

/// <summary>A track to set up.</summary>
/// <param name="Media">Its index in the description.</param>
/// <param name="ClientPort">Our even port for RTP over UDP, RTCP on the next; null for interleaving on the connection.</param>
public readonly record struct RtspSetup(int Media, int? ClientPort);
