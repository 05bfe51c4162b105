// A row of the table users.
using Mumu.Hub.Storage;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.Accounts;

/// <summary>An account as stored.</summary>
internal sealed record Account
{
    public long Id { get; init; }
    public string Username { get; init; } = "";
    public string? Email { get; init; }
    public string HashedPassword { get; init; } = "";
    public string Role { get; init; } = Roles.User;
    public bool IsActive { get; init; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public long FailedLogins { get; init; }

    /// <summary>See <see cref="Times"/>; null when never locked.</summary>
    public long? LockedUntil { get; init; }

    public UserInfo ToInfo() => new(Id, Username, Email, Role);
}

/// <summary>Values of <c>users.role</c>.</summary>
internal static class Roles
{
    public const string Owner = "owner";
    public const string Admin = "admin";
    public const string User = "user";

    public static bool IsKnown(string role) => role is Owner or Admin or User;
}
