// How forwarding to one target stands, for lists.
namespace Mumu.Agent.Forwarding;

/// <summary>Where forwarding stands.</summary>
public enum ForwardState
{
    /// <summary>The target is being asked, or the camera.</summary>
    Connecting,

    /// <summary>The target takes the stream.</summary>
    Running,

    /// <summary>It failed and is tried again later.</summary>
    Waiting,

    /// <summary>It would lead back here and is not tried.</summary>
    Refused,
}

/// <summary>Forwarding to one target at one moment.</summary>
/// <param name="Target">The target without credentials.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Since">Since when.</param>
/// <param name="Message">Why it failed the last time, a sentence; null while it runs.</param>
/// <param name="Bytes">Bytes sent in all sessions.</param>
/// <param name="Dropped">Frames left out because the target was too slow.</param>
public sealed record ForwardStatus(string Target, ForwardState State, DateTimeOffset Since, string? Message, long Bytes, long Dropped);
