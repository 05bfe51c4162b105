// Waiting for a condition, with a limit and words for when it never comes.
using System.Diagnostics;

namespace Mumu.EndToEnd.Tests.Harness;

internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is not null.</summary>
    public static async Task<T> ReturnsAsync<T>(Func<Task<T?>> ask, TimeSpan limit, Func<string> what)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }
            if (watch.Elapsed > limit)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds:0} s in vain for {what()}");
            }
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Asks again and again until the answer is yes.</summary>
    public static Task IsTrueAsync(Func<Task<bool>> ask, TimeSpan limit, string what) =>
        ReturnsAsync(async () => await ask() ? "yes" : null, limit, () => what);
}
