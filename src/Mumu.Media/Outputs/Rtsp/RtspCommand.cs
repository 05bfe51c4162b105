// What other threads tell the loop that serves RTSP readers.
namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Kinds of commands.</summary>
internal enum RtspCommandKind
{
    /// <summary>A frame of a feed; the loop takes over its reference.</summary>
    Frame,

    /// <summary>A reader joins a feed, held until <see cref="Start"/>.</summary>
    Join,

    /// <summary>A reader gets what is there, then what comes.</summary>
    Start,

    /// <summary>A reader leaves.</summary>
    Leave,

    /// <summary>A feed is over, with its readers.</summary>
    EndFeed,

    /// <summary>A feed that nobody reads any more is forgotten.</summary>
    DropFeed,
}

/// <summary>A command.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Subject">A <see cref="RtspFeed"/> or a <see cref="RtspReader"/>.</param>
/// <param name="Frame">The frame, where it is about one.</param>
internal readonly record struct RtspCommand(RtspCommandKind Kind, object Subject, RtspFrame? Frame = null);
