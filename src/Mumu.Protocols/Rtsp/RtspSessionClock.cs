// When a session must be told that we are still here.
using System.Globalization;

namespace Mumu.Protocols.Rtsp;

/// <summary>The server's time-out ("Session: 12345678;timeout=60", RFC 2326 §12.37) and the next keep-alive.</summary>
internal sealed class RtspSessionClock
{
    private TimeSpan _timeout = TimeSpan.FromSeconds(60);

    /// <summary>When the next keep-alive is due; null while nothing plays.</summary>
    internal TimeSpan? Due { get; private set; }

    /// <summary>Reads the header; returns the session's id, or null when there is none.</summary>
    internal string? Take(string? header)
    {
        if (string.IsNullOrEmpty(header) || header.Length > 256)
        {
            return null;
        }
        var parts = header.Split(';');
        foreach (var part in parts.Skip(1))
        {
            var pair = part.Split('=', 2);
            if (
                pair.Length == 2
                && pair[0].Trim().Equals("timeout", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(pair[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds > 0
            )
            {
                _timeout = TimeSpan.FromSeconds(Math.Min(seconds, 3_600));
            }
        }
        return parts[0].Trim();
    }

    /// <summary>Plans the next keep-alive at half the time-out, so that one may get lost, and never rarer than every 30 s, which routers' tables want.</summary>
    internal void Restart(TimeSpan now) => Due = now + TimeSpan.FromSeconds(Math.Clamp(_timeout.TotalSeconds / 2, 0.5, 30));

    internal void Stop() => Due = null;
}
