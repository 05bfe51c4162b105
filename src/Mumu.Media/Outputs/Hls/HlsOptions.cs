// How HLS muxers behave.
namespace Mumu.Media.Outputs.Hls;

/// <summary>The settings of a muxer.</summary>
public sealed record HlsOptions
{
    /// <summary>The length of parts, 0.1 to 2 s: the least a viewer is behind is three of them.</summary>
    public TimeSpan Part { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The least length of segments, which end at key frames.</summary>
    public TimeSpan Segment { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>True for sound that is made from other sound and comes later than the first pictures: it is waited for, some seconds at the most.</summary>
    public bool AwaitsSound { get; init; }

    /// <summary>About how many bytes a rendition of pictures keeps.</summary>
    public long MaxBytes { get; init; } = 14 << 20;
}
