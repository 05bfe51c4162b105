// What somebody may want to do, whatever the protocol.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Keys;

/// <summary>An action that needs a key.</summary>
public enum AccessAction
{
    /// <summary>Watch or listen to a path.</summary>
    [JsonStringEnumMemberName("read")]
    Read,

    /// <summary>Publish to a path.</summary>
    [JsonStringEnumMemberName("publish")]
    Publish,

    /// <summary>Play back a path's recordings.</summary>
    [JsonStringEnumMemberName("playback")]
    Playback,

    /// <summary>Use the control API.</summary>
    [JsonStringEnumMemberName("api")]
    Api,

    /// <summary>Read metrics.</summary>
    [JsonStringEnumMemberName("metrics")]
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
/// <param name="Key">Who it is, by the name of the key or user, where that is known.</param>
/// <param name="Delay">How long the answer has to wait; holds up nobody else.</param>
public readonly record struct AccessDecision(AccessOutcome Outcome, Caller? Key, TimeSpan Delay)
{
    /// <summary>True for <see cref="AccessOutcome.Granted"/>.</summary>
    public bool IsGranted => Outcome == AccessOutcome.Granted;

    /// <summary>A sentence for people; empty where access is granted.</summary>
    public string Sentence =>
        Outcome switch
        {
            AccessOutcome.NoKey => "This needs an API key; “mumu key create NAME --role reader” makes one.",
            AccessOutcome.WrongKey => "This key or password is not right. “mumu key list” shows the names of the API keys there are.",
            AccessOutcome.Locked => "Too many wrong keys or passwords came from this address. Wait a minute.",
            AccessOutcome.NotAllowed => "This key is not for this action on this path, or not from this address.",
            _ => "",
        };
}
