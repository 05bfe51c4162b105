// Something that happened to a path.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Paths;

/// <summary>What happened.</summary>
public enum PathEventKind
{
    /// <summary>The path plays: its first key frame has come.</summary>
    [JsonStringEnumMemberName("path.ready")]
    PathReady,

    /// <summary>The path plays no more.</summary>
    [JsonStringEnumMemberName("path.not_ready")]
    PathNotReady,

    /// <summary>Somebody reads.</summary>
    [JsonStringEnumMemberName("reader.joined")]
    ReaderJoined,

    /// <summary>Somebody reads no more.</summary>
    [JsonStringEnumMemberName("reader.left")]
    ReaderLeft,

    /// <summary>The source failed, for another reason than before.</summary>
    [JsonStringEnumMemberName("source.error")]
    SourceError,

    /// <summary>Somebody publishes.</summary>
    [JsonStringEnumMemberName("publisher.began")]
    PublisherBegan,

    /// <summary>The publisher is gone.</summary>
    [JsonStringEnumMemberName("publisher.ended")]
    PublisherEnded,
}

/// <summary>An event of a path. Told from whatever thread it happens on, under locks of the media engine: who listens must not block.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">To which path.</param>
internal sealed record PathEvent(PathEventKind Kind, string Path)
{
    /// <summary>Why, as a sentence.</summary>
    public string? Message { get; init; }

    /// <summary>The protocol of the reader or publisher.</summary>
    public string? Protocol { get; init; }

    /// <summary>Where the reader or publisher is.</summary>
    public string? Remote { get; init; }

    /// <summary>The name of the key or user.</summary>
    public string? User { get; init; }

    /// <summary>The reader or publisher, as lists name it.</summary>
    public Guid? Session { get; init; }
}
