// Waits for a condition, with a limit.
using System.Diagnostics;

namespace Mumu.Agent.Tests.Harness;

public static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); )
        {
            Assert.True(clock.Elapsed < Limit, $"In {Limit.TotalSeconds} s it did not happen that {what}.");
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
