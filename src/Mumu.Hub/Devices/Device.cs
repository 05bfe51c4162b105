// A row of the table devices, alone or as one user sees it.
using System.Text.Json;
using Mumu.Hub.Storage;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.Devices;

/// <summary>A device as stored.</summary>
internal record Device
{
    public long Id { get; init; }
    public string DeviceId { get; init; } = "";
    public string DeviceName { get; init; } = "";
    public string DeviceType { get; init; } = "";

    /// <summary>Base64url SubjectPublicKeyInfo; null for a device without a key.</summary>
    public string? PublicKey { get; init; }
    public bool AllowUnverified { get; init; }
    public string? Room { get; init; }
    public string? Presence { get; init; }
    public bool IsOnline { get; init; }

    /// <summary>See <see cref="Times"/>.</summary>
    public long? LastSeen { get; init; }

    public bool IsVerified => PublicKey is not null;

    public bool IsAllowed => IsVerified || AllowUnverified;

    public string? Fingerprint => PublicKey is { } key ? DeviceKey.Fingerprint(key) : null;

    public JsonElement? PresenceJson()
    {
        if (Presence is null)
        {
            return null;
        }

        using JsonDocument document = JsonDocument.Parse(Presence);
        return document.RootElement.Clone();
    }
}

/// <summary>A device with the role one user has on it.</summary>
internal sealed record VisibleDevice : Device
{
    public string Role { get; init; } = DeviceRoles.Viewer;

    public DeviceInfo ToInfo() =>
        new(
            Id,
            DeviceId,
            DeviceName,
            DeviceType,
            IsOnline,
            Times.Text(LastSeen),
            IsVerified,
            IsAllowed,
            PublicKey,
            Fingerprint,
            Role,
            Room,
            PresenceJson()
        );
}

/// <summary>Values of <c>device_ownership.role</c>.</summary>
internal static class DeviceRoles
{
    public const string Owner = "owner";
    public const string Admin = "admin";
    public const string Viewer = "viewer";
}
