// Counts attempts by key in fixed windows, for rate limits that need the hub's clock and words.
using System.Collections.Concurrent;

namespace Mumu.Hub.Http;

/// <summary>Thread-safe; holds at most about <see cref="MaxKeys"/> keys, forgetting those whose window is over.</summary>
internal sealed class AttemptLimiter(TimeProvider time)
{
    public const int MaxKeys = 100_000;

    private readonly ConcurrentDictionary<string, Window> windows = new();

    /// <summary>Takes one attempt; false when the limit is reached, with the time until the window ends.</summary>
    public bool TryTake(string key, int limit, TimeSpan window, out TimeSpan retryAfter)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (windows.Count >= MaxKeys)
        {
            Forget(now);
        }

        Window current = windows.AddOrUpdate(
            key,
            _ => new Window(1, now + window),
            (_, old) => old.End <= now ? new Window(1, now + window) : old with { Count = Math.Min(old.Count, limit) + 1 }
        );
        retryAfter = current.End - now;
        return current.Count <= limit;
    }

    private void Forget(DateTimeOffset now)
    {
        foreach ((string key, Window window) in windows)
        {
            if (window.End <= now)
            {
                windows.TryRemove(key, out _);
            }
        }

        // Every window is live: somebody sends from very many addresses. Bounded memory goes before fairness.
        if (windows.Count >= MaxKeys)
        {
            windows.Clear();
        }
    }

    private readonly record struct Window(int Count, DateTimeOffset End);
}
