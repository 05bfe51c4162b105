// How a figure is taken.
using System.Diagnostics;
using System.Globalization;

namespace Mumu.Micro;

internal static class Figures
{
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(3);
    private const int Rounds = 400;

    /// <summary>
    /// The best of many short rounds, in nanoseconds an operation. A round of few milliseconds fits between two turns of a busy machine, so its best is what the operation costs undisturbed.
    /// </summary>
    public static double Best(Action operation)
    {
        var warm = Stopwatch.GetTimestamp();
        var count = 0;
        while (Stopwatch.GetElapsedTime(warm) < TimeSpan.FromSeconds(1))
        {
            operation();
            count++;
        }
        var batch = Math.Max(1, (int)(count * s_round.TotalSeconds));
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < batch; i++)
            {
                operation();
            }
            best = Math.Min(best, Stopwatch.GetElapsedTime(begun).TotalNanoseconds / batch);
        }
        return best;
    }

    public static void Print(string what, string unit, double figure) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what, -50} {figure, 8:0} {unit}"));
}
