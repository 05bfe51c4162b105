// What all connections of a server share.
using Microsoft.Extensions.Logging;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Streams;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>The loop, the feeds, the ports and the door, as connections see them.</summary>
internal sealed partial class RtspServerHost
{
    private readonly RtspDoorkeeper _doorkeeper;
    private readonly Func<RtspCommand, bool> _tryPost;
    private readonly ILogger _logger;

    internal RtspServerHost(
        RtspServerSettings settings,
        RtspDoorkeeper doorkeeper,
        Func<RtspCommand, bool> tryPost,
        RtspUdpRoutes routes,
        TimeProvider time,
        ILogger logger
    )
    {
        (Settings, _doorkeeper, _tryPost, Routes, Time, _logger) = (settings, doorkeeper, tryPost, routes, time, logger);
    }

    internal RtspServerSettings Settings { get; }

    internal TimeProvider Time { get; }

    internal RtspUdpRoutes Routes { get; }

    internal Feeds<RtspFeed> Feeds { get; } = new();

    /// <summary>Counts a reader of these tracks in.</summary>
    internal RtspFeed Acquire(MediaStream stream, RtspTracks tracks) =>
        Feeds.Acquire(stream, feed => feed.Tracks.IsSameAs(tracks), () => new RtspFeed(stream, tracks, Send, Time));

    /// <summary>Our ports of RTP and RTCP.</summary>
    internal (int Rtp, int Rtcp) UdpPorts { get; init; }

    /// <summary>Sends from the port of RTCP.</summary>
    internal required Action<byte[], TransportAddress> SendReport { get; init; }

    internal TimeSpan Now => Time.GetElapsedTime(0);

    /// <exception cref="RefusedException">The client may not, with the status that says so.</exception>
    internal async Task<Admission> AdmitAsync(RtspCaller caller, CancellationToken cancellation)
    {
        var admission = await _doorkeeper(caller, cancellation).ConfigureAwait(false);
        return admission.Status == 200 ? admission : throw new RefusedException(admission.Status, admission.Reason);
    }

    /// <summary>Posts what must not be lost: waits a moment for a full queue.</summary>
    internal void Post(RtspCommand command) => SpinWait.SpinUntil(() => _tryPost(command), TimeSpan.FromSeconds(1));

    /// <summary>Takes a reader off the loop and counts it out of its feed.</summary>
    internal void Retire(RtspReader reader)
    {
        Post(new RtspCommand(RtspCommandKind.Leave, reader));
        Feeds.Release(reader.Feed);
    }

    internal void NotePlaying(Admission admission, RtspServerConnection connection, RtspPlaying playing) =>
        LogPlaying(admission.Path, connection.IsTls ? "RTSPS" : "RTSP", playing.IsUdp ? "UDP" : "TCP", connection.Remote, admission.Key);

    // A frame may be lost, and then the loop sees the gap; everything else may not.
    private bool Send(RtspCommand command)
    {
        if (command.Kind == RtspCommandKind.Frame)
        {
            return _tryPost(command);
        }
        Post(command);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Path {Path}: read over {Protocol} ({Transport}) from {Remote} with key {Key}.")]
    private partial void LogPlaying(string path, string protocol, string transport, System.Net.IPEndPoint remote, string key);
}
