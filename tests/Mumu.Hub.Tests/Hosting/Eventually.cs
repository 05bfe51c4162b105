// Waits for a condition, with a limit.
using System.Diagnostics;

namespace Mumu.Hub.Tests.Hosting;

public static class Eventually
{
    public static async Task IsAsync<T>(T expected, Func<Task<T>> actual)
    {
        long start = Stopwatch.GetTimestamp();
        T last = await actual();
        while (!Equals(expected, last) && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            last = await actual();
        }

        Assert.Equal(expected, last);
    }
}
