// The steps of a session.
namespace Mumu.Protocols.Rtsp;

/// <summary>Where a client's session stands: which request it waits for, or for whom.</summary>
internal enum RtspStep
{
    Idle,
    Options,
    Describe,

    /// <summary>The driver chooses tracks and transport.</summary>
    Choosing,
    Setup,
    Play,
    Playing,
    Teardown,
    Ended,
}
