// Why a watch session ended, in the wire's words.
namespace Mumu.Signaling;

/// <summary>Values of <see cref="WatchEnded.Reason"/>.</summary>
public static class WatchEndReasons
{
    /// <summary>The viewer's socket went away.</summary>
    public const string ViewerDisconnected = "viewer_disconnected";

    /// <summary>The viewer said so.</summary>
    public const string UserEnded = "user_ended";

    /// <summary>The device's socket went away.</summary>
    public const string DeviceDisconnected = "device_disconnected";

    /// <summary>No answer, or no connection, in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>The device could not show the camera.</summary>
    public const string Error = "error";
}
