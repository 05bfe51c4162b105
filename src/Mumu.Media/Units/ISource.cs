// What every source looks like to the stream it feeds.
namespace Mumu.Media.Units;

/// <summary>
/// A source of units: simulator, RTSP client, and those to come. It has no start or stop of its own: <see cref="RunAsync"/> runs until it is cancelled or fails; the stream's owner
/// starts it when someone watches, and starts it again with back-off when it fails.
/// </summary>
public interface ISource
{
    /// <summary>
    /// Connects, announces its tracks once through <paramref name="sink"/>, then publishes units until cancelled.
    /// </summary>
    /// <exception cref="SourceException">The source failed; the message is a sentence for people.</exception>
    Task RunAsync(IUnitSink sink, CancellationToken cancellation);

    /// <summary>Asks for a key frame (a viewer sent PLI). Ignored where the source can't.</summary>
    void RequestKeyFrame();

    /// <summary>True while a key frame can be expected soon after <see cref="RequestKeyFrame"/>; false where asking may help or not.</summary>
    bool AnswersKeyFrameRequests => false;
}

/// <summary>Where a source puts what it makes: the stream. Called from one thread at a time.</summary>
public interface IUnitSink
{
    /// <summary>Tells the tracks, in order of their index. Called again when a format changes.</summary>
    void Announce(IReadOnlyList<TrackFormat> tracks);

    /// <summary>Publishes a unit and takes over the caller's reference.</summary>
    void Publish(Unit unit);
}

/// <summary>Why a source stopped, in words for people and a code for programs.</summary>
public enum SourceFailure
{
    /// <summary>No answer, refused, or reset on the way.</summary>
    Unreachable,

    /// <summary>The host name is not known.</summary>
    NoSuchHost,

    /// <summary>User or password refused.</summary>
    WrongPassword,

    /// <summary>The camera has no such stream (404).</summary>
    NotFound,

    /// <summary>None of its tracks is in a format we can pass on.</summary>
    UnsupportedCodec,

    /// <summary>It answered something that is not its protocol.</summary>
    Protocol,

    /// <summary>It was playing and stopped sending.</summary>
    Stalled,
}

/// <summary>A source's end, with a sentence that says what happened and what to do.</summary>
public sealed class SourceException(SourceFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of failure.</summary>
    public SourceFailure Failure { get; } = failure;
}
