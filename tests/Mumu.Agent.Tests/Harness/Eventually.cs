// Waits for a condition, with a limit.
using System.Diagnostics;

namespace Mumu.Agent.Tests.Harness;

public static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task HoldsAsync(Func<bool> condition, string what) => HoldsAsync(condition, () => what);

    /// <summary>Waits for a condition; when it does not come, the words are asked for, so that they tell what is known then.</summary>
    public static async Task HoldsAsync(Func<bool> condition, Func<string> what)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); )
        {
            if (clock.Elapsed >= Limit)
            {
                Assert.Fail($"In {Limit.TotalSeconds} s it did not happen that {what()}.");
            }
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"In {Limit.TotalSeconds} s there was no {what}.");
            throw;
        }
    }
}
