// Runs one target: counts inputs, and judges exceptions, time and memory.
using System.Diagnostics;

namespace Mumu.Fuzz;

/// <summary>What a run found.</summary>
/// <param name="Inputs">Inputs fed.</param>
/// <param name="Slowest">The slowest input's time, the best of a few tries.</param>
/// <param name="MostBytes">The most bytes one input allocated beyond an empty one.</param>
/// <param name="Fault">What was wrong; null if nothing was.</param>
/// <param name="Input">The input that did it.</param>
internal sealed record FuzzFinding(long Inputs, TimeSpan Slowest, long MostBytes, string? Fault, byte[]? Input);

/// <summary>An input may take <see cref="MaxTime"/> and allocate some times its length (<see cref="FuzzTarget.Factor"/>), beside a fixed room (<see cref="FuzzTarget.Room"/>).</summary>
internal static class FuzzRun
{
    private const int Tries = 4;

    /// <summary>The most time for one input.</summary>
    internal static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(50);

    internal static FuzzFinding Do(FuzzTarget target, long inputs, int seed)
    {
        // Tables and compiled code are made by the first calls; they are nobody's fault.
        foreach (var honest in target.Corpus)
        {
            Try(target, honest, out _, out _);
        }
        Try(target, [], out _, out _);
        if (Try(target, [], out _, out var empty) is { } atOnce)
        {
            return new FuzzFinding(0, default, 0, atOnce, []);
        }
        var mutator = new Mutator(target, seed);
        var (slowest, most) = (TimeSpan.Zero, 0L);
        using var watch = new HangWatch(target.Name, mutator.Copy);
        for (var i = 0L; i < inputs; i++)
        {
            var input = mutator.Next();
            watch.NextInput();
            var fault = Try(target, input, out var time, out var bytes) ?? Judge(target, input, ref time, bytes - empty);
            slowest = time > slowest ? time : slowest;
            most = Math.Max(most, bytes - empty);
            if (fault is not null)
            {
                return new FuzzFinding(i + 1, slowest, most, fault, input.ToArray());
            }
        }
        return new FuzzFinding(inputs, slowest, most, null, null);
    }

    /// <summary>Feeds one input and says what is wrong with how it was taken; null if nothing is.</summary>
    internal static string? Replay(FuzzTarget target, ReadOnlySpan<byte> input)
    {
        Try(target, [], out _, out _);
        Try(target, [], out _, out var empty);
        return Try(target, input, out var time, out var bytes) ?? Judge(target, input, ref time, bytes - empty);
    }

    private static string? Judge(FuzzTarget target, ReadOnlySpan<byte> input, ref TimeSpan time, long bytes)
    {
        // Another program may have had the processor: only what is slow every time is slow.
        for (var i = 0; i < Tries && time > MaxTime; i++)
        {
            Try(target, input, out var again, out _);
            time = again < time ? again : time;
        }
        if (time > MaxTime)
        {
            return $"took {time.TotalMilliseconds:0} ms";
        }
        var allowed = (long)target.Factor * input.Length + target.Room;
        if (bytes > allowed)
        {
            // What is made once (a table, a compiled method's data) is not made again.
            Try(target, input, out _, out bytes);
            return bytes > allowed + target.Room ? $"allocated {bytes} bytes for {input.Length}" : null;
        }
        return null;
    }

    private static string? Try(FuzzTarget target, ReadOnlySpan<byte> input, out TimeSpan time, out long bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var begun = Stopwatch.GetTimestamp();
        try
        {
            target.Run(input);
            return null;
        }
        catch (Exception error)
        {
            return error.ToString();
        }
        finally
        {
            time = Stopwatch.GetElapsedTime(begun);
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
