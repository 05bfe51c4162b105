// The states of a stream, as readers and people see them.
namespace Mumu.Media.Streams;

/// <summary>Where a stream stands.</summary>
public enum StreamState
{
    /// <summary>Nobody reads it, so its source is not running.</summary>
    Idle,

    /// <summary>The source was started; no key frame has come yet.</summary>
    Connecting,

    /// <summary>Playing.</summary>
    Ready,

    /// <summary>The source failed; it will be started again after a while.</summary>
    Failed,
}
