// The WebRTC engine: answers viewers and sends them streams.
using Microsoft.Extensions.Logging;
using Mumu.Media.Units;

namespace Mumu.Media.WebRtc;

/// <summary>
/// Serves streams to any number of viewers over WebRTC. Each loop owns a UDP socket and its viewers; each stream is packetised once.
/// </summary>
public sealed class WebRtcEngine : IAsyncDisposable
{
    /// <summary>Makes an engine; nothing is bound before <see cref="Start"/>.</summary>
    public WebRtcEngine(WebRtcOptions options, TimeProvider time, ILogger<WebRtcEngine> logger) =>
        _ = options.Loops + time.TimestampFrequency + logger.GetHashCode();

    /// <summary>SHA-256 of the DTLS certificate: 64 lower-case hex digits.</summary>
    public string LocalFingerprint { get; } = "";

    /// <summary>Sessions now.</summary>
    public int Viewers { get; }

    /// <summary>A snapshot of the counters.</summary>
    public WebRtcStatistics Statistics => throw new NotImplementedException();

    /// <summary>Binds the sockets and starts the loops.</summary>
    /// <exception cref="IOException">A port can't be had; the message is a sentence that names it.</exception>
    public void Start() => throw new NotImplementedException();

    /// <summary>Answers a viewer's offer; waits for the stream to play for at most <see cref="WebRtcOptions.StreamTimeout"/>.</summary>
    /// <exception cref="SdpException">The offer can't be answered.</exception>
    /// <exception cref="SourceException">The stream does not play.</exception>
    /// <exception cref="ViewerLimitException">There are too many viewers.</exception>
    public Task<ViewerSession> AnswerAsync(ViewerOffer offer, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Ends all sessions with a good-bye and frees the ports.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
