// What somebody may want to do, whatever the protocol.
namespace Mumu.Agent.Keys;

/// <summary>An action that needs a key.</summary>
public enum AccessAction
{
    /// <summary>Watch or listen to a path.</summary>
    Read,

    /// <summary>Publish to a path.</summary>
    Publish,

    /// <summary>Play back a path's recordings.</summary>
    Playback,

    /// <summary>Use the control API.</summary>
    Api,

    /// <summary>Read metrics.</summary>
    Metrics,
}

/// <summary>How a request for access ends.</summary>
public enum AccessOutcome
{
    /// <summary>Go on.</summary>
    Granted,

    /// <summary>No key was given: ask for one. Not counted as a failure.</summary>
    NoKey,

    /// <summary>The key is not known.</summary>
    WrongKey,

    /// <summary>The key is not known, and the address has shown too many such; end the connection.</summary>
    Locked,

    /// <summary>The key is good, but not for this action on this path.</summary>
    NotAllowed,
}

/// <summary>A decision.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Key">Whose key it is, where it is known.</param>
/// <param name="Delay">How long the answer has to wait; holds up nobody else.</param>
public readonly record struct AccessDecision(AccessOutcome Outcome, ApiKey? Key, TimeSpan Delay)
{
    /// <summary>True for <see cref="AccessOutcome.Granted"/>.</summary>
    public bool IsGranted => Outcome == AccessOutcome.Granted;

    /// <summary>A sentence for people; empty where access is granted.</summary>
    public string Sentence =>
        Outcome switch
        {
            AccessOutcome.NoKey => "This needs an API key; “mumu key create NAME --role reader” makes one.",
            AccessOutcome.WrongKey => "This API key is not known. “mumu key list” shows the names of those there are.",
            AccessOutcome.Locked => "Too many wrong API keys came from this address. Wait a minute.",
            AccessOutcome.NotAllowed => "This API key is not for this action on this path.",
            _ => "",
        };
}
