// What all connections of a server share.
using System.Net;
using Microsoft.Extensions.Logging;
using Mumu.Media.Outputs.Connections;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>The feeds and the door, as connections see them.</summary>
internal sealed partial class RtmpServerHost(RtmpServerSettings settings, RtmpDoorkeeper doorkeeper, TimeProvider time, ILogger logger)
{
    internal RtmpServerSettings Settings => settings;

    internal TimeProvider Time => time;

    internal Feeds<RtmpFeed> Feeds { get; } = new();

    internal TimeSpan Now => time.GetElapsedTime(0);

    /// <exception cref="RefusedException">The client may not.</exception>
    internal async Task<Admission> AdmitAsync(RtmpCaller caller, CancellationToken cancellation)
    {
        var admission = await doorkeeper(caller, cancellation).ConfigureAwait(false);
        return admission.Status == 200 ? admission : throw new RefusedException(admission.Status, admission.Reason);
    }

    internal void NotePlaying(Admission admission, RtmpServerConnection connection) =>
        LogPlaying(admission.Path, connection.Protocol, connection.Remote, admission.Key);

    [LoggerMessage(Level = LogLevel.Information, Message = "Path {Path}: read over {Protocol} from {Remote} with key {Key}.")]
    private partial void LogPlaying(string path, string protocol, IPEndPoint remote, string key);
}
