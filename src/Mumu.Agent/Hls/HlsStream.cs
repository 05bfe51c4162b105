// A path that is served as HLS now.
using Mumu.Agent.Cameras;
using Mumu.Media.Outputs.Hls;

namespace Mumu.Agent.Hls;

/// <summary>A path's muxer and who uses it. All but <see cref="Muxer"/>'s own matters happens under the lock of <see cref="HlsSessions"/>.</summary>
internal sealed class HlsStream(Camera camera, HlsMuxer muxer)
{
    public Camera Camera => camera;

    public HlsMuxer Muxer => muxer;

    public Dictionary<string, HlsSession> Sessions { get; } = [];

    /// <summary>Requests that wait until it is ready.</summary>
    public int Waiting { get; set; }

    /// <summary>When the last session or waiter had gone, on the time provider's counter.</summary>
    public long Left { get; set; }

    public bool IsOver => camera.Retired.IsCancellationRequested || muxer.Ended.IsCancellationRequested;
}
