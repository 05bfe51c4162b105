// A stream's figures at one moment.
namespace Mumu.Media.Streams;

/// <summary>What a stream has done and does now; a snapshot.</summary>
/// <param name="Bytes">Bytes of all units since the stream was made.</param>
/// <param name="Units">Units of all tracks since the stream was made.</param>
/// <param name="Discarded">Units that came before the first key frame of a run and so could not be used.</param>
/// <param name="KeyFrames">Video key frames since the stream was made.</param>
/// <param name="Failures">How often the source has failed.</param>
/// <param name="Readers">Readers attached now.</param>
/// <param name="FramesPerSecond">Video pictures a second over the last two seconds or so; 0 when none came.</param>
/// <param name="BitsPerSecond">Bits a second of all tracks over the same time.</param>
/// <param name="Width">Width of the video in pixels, 0 while unknown.</param>
/// <param name="Height">Height of the video in pixels, 0 while unknown.</param>
/// <param name="LastUnitAge">Time since the last unit; null before the first.</param>
/// <param name="GroupUnits">Units in the cached group of pictures.</param>
/// <param name="GroupBytes">Bytes in the cached group of pictures.</param>
public sealed record StreamStatistics(
    long Bytes,
    long Units,
    long Discarded,
    long KeyFrames,
    int Failures,
    int Readers,
    double FramesPerSecond,
    double BitsPerSecond,
    int Width,
    int Height,
    TimeSpan? LastUnitAge,
    int GroupUnits,
    int GroupBytes
);
