// How a stream treats its source and how much of the past it keeps.
namespace Mumu.Media.Streams;

/// <summary>The settings of one stream.</summary>
public sealed record StreamOptions
{
    /// <summary>True: the source runs only while someone reads. False: it always runs.</summary>
    public bool OnDemand { get; init; } = true;

    /// <summary>How long the source of an on-demand stream stays on after the last reader has gone, so that a page reload is instant.</summary>
    public TimeSpan StopDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most bytes the cached group of pictures may hold; a longer group is dropped and a new reader waits for the next key frame.</summary>
    public int MaxGroupBytes { get; init; } = 16 << 20;

    /// <summary>The most units, of all tracks, the cached group may hold.</summary>
    public int MaxGroupUnits { get; init; } = 2048;

    /// <summary>Wait before the second attempt after a failure; doubles with each further one.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts.</summary>
    public TimeSpan LastRetry { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A source that has played this long before it failed is tried again after <see cref="FirstRetry"/>.</summary>
    public TimeSpan SteadyAfter { get; init; } = TimeSpan.FromSeconds(30);
}
