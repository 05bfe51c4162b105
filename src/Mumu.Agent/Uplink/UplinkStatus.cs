// How the connection to the hub is, for people.
namespace Mumu.Agent.Uplink;

/// <summary>The states of the uplink.</summary>
public enum UplinkState
{
    /// <summary>No hub is set.</summary>
    Off,

    /// <summary>An attempt is under way.</summary>
    Connecting,

    /// <summary>The hub knows the device.</summary>
    Online,

    /// <summary>The last attempt failed; the next one comes by itself.</summary>
    Waiting,
}

/// <summary>How the uplink is.</summary>
/// <param name="State">The state.</param>
/// <param name="Hub">The hub's address; null without one.</param>
/// <param name="Message">A sentence where the state needs one.</param>
/// <param name="Since">Since when.</param>
public sealed record UplinkStatus(UplinkState State, string? Hub, string? Message, DateTimeOffset Since);
