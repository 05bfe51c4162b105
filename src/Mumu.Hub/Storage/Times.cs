// How the hub stores and tells points in time.
using System.Globalization;

namespace Mumu.Hub.Storage;

/// <summary>Stored as Unix milliseconds (portable between databases), told as ISO 8601 in UTC.</summary>
internal static class Times
{
    /// <summary>Unix milliseconds.</summary>
    public static long Now(this TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The present as <c>2025-01-31T12:00:00.000Z</c>.</summary>
    public static string NowText(this TimeProvider time) => Text(time.Now());

    /// <summary>Stored milliseconds as text.</summary>
    public static string Text(long milliseconds) =>
        DateTimeOffset
            .FromUnixTimeMilliseconds(milliseconds)
            .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Stored milliseconds as text, or null.</summary>
    public static string? Text(long? milliseconds) => milliseconds is { } value ? Text(value) : null;
}
