// Why a path can't be read or published.
namespace Mumu.Agent.Paths;

/// <summary>Why, for programs.</summary>
public enum PathRefusal
{
    /// <summary>There is no such path.</summary>
    NotFound,

    /// <summary>The path waits for a publisher.</summary>
    NobodyPublishes,

    /// <summary>The path has a source of its own.</summary>
    NotForPublishers,

    /// <summary>There are too many published paths.</summary>
    TooMany,

    /// <summary>The path went while the publisher began, or another took over.</summary>
    Gone,
}

/// <summary>A path can't be had; the message is a sentence for people.</summary>
public sealed class PathRefusedException(PathRefusal reason, string message) : Exception(message)
{
    /// <summary>Why, for programs.</summary>
    public PathRefusal Reason { get; } = reason;
}
