// One reader of a path, as lists show it.
namespace Mumu.Agent.Paths;

/// <summary>A reader over any protocol. Whoever serves readers makes one for each and adds it to <see cref="PathReaders"/>: lists, metrics and events have it from there.</summary>
/// <param name="Protocol"><c>webrtc</c>, <c>rtsp</c>, <c>rtsps</c>, <c>rtmp</c>, <c>hls</c>, …</param>
/// <param name="Remote">Its address and port.</param>
/// <param name="Key">The name of the key it came with.</param>
/// <param name="Since">When it began.</param>
/// <param name="Bytes">Tells how much it was sent; called from any thread.</param>
/// <param name="Kick">Ends it; called from any thread, must not block.</param>
public sealed record PathReader(string Protocol, string Remote, string Key, DateTimeOffset Since, Func<long> Bytes, Action Kick)
{
    /// <summary>A random name.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>How its media travels, <c>UDP</c> or <c>TCP</c>; null where its protocol leaves no choice.</summary>
    public string? Transport { get; init; }

    /// <summary>The connection it is on, where its protocol tells connections from sessions.</summary>
    public Guid? Connection { get; init; }

    /// <summary>Tells how many packets it was sent; null where nobody counts them.</summary>
    public Func<long>? Packets { get; init; }

    /// <summary>Tells how many frames were left out for it; null where nobody counts them.</summary>
    public Func<long>? Discarded { get; init; }

    /// <summary>Tells when it last asked for something; null where it does not ask again and again.</summary>
    public Func<DateTimeOffset>? LastRequest { get; init; }
}
