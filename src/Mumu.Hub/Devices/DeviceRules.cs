// What ids and names of devices may look like.
namespace Mumu.Hub.Devices;

/// <summary>Checks with sentences.</summary>
internal static class DeviceRules
{
    /// <summary>1–100 characters of letters, digits, '-', '_', '.', ':'.</summary>
    public static bool IsDeviceId(string? text) =>
        text is { Length: > 0 and <= 100 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');

    /// <summary>1–64 characters of letters, digits, '-', '_'.</summary>
    public static bool IsDeviceType(string? text) =>
        text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>1–200 characters of letters, digits, '-', '_', '.', '~', in segments between '/': a camera's id, or the path somebody publishes to.</summary>
    public static bool IsCamera(string? text) =>
        text is { Length: > 0 and <= 200 }
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '/')
        && text.Split('/').All(segment => segment is not ("" or ".") && !segment.Contains("..", StringComparison.Ordinal));

    public static string? CheckName(string? name) =>
        name switch
        {
            null => null,
            { Length: > 100 } => "The name is too long: at most 100 characters.",
            _ when string.IsNullOrWhiteSpace(name) => "Please give a name.",
            _ when name.Any(char.IsControl) => "The name must not hold control characters.",
            _ => null,
        };

    public static string? CheckRoom(string? room) =>
        room switch
        {
            { Length: > 100 } => "The room's name is too long: at most 100 characters.",
            not null when room.Any(char.IsControl) => "The room's name must not hold control characters.",
            _ => null,
        };
}
