// Waits for what other threads do.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Mumu.Media.Tests.Streams;

internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task True(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"never came true: {what}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
