// What the kernel says a process has used.
using System.Globalization;
using Mumu.Cli.Verbs;

namespace Mumu.Cli.Bench;

/// <summary>CPU time and memory of a process at a moment.</summary>
/// <param name="Cpu">User and system time of all its threads, in steps of a clock tick (10 ms).</param>
/// <param name="ResidentBytes">Memory in RAM, with the files it maps.</param>
/// <param name="PrivateBytes">Memory in RAM that no file stands behind: heaps and stacks.</param>
internal readonly record struct ProcessSample(TimeSpan Cpu, long ResidentBytes, long PrivateBytes)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux the kernel's interface is stable for

    /// <summary>Reads <c>/proc/PID</c>.</summary>
    /// <exception cref="VerbException">There is no such process, or it may not be looked at.</exception>
    internal static ProcessSample Of(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"), File.ReadAllLines($"/proc/{pid}/status"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VerbException($"There is no process {pid} to measure on this machine: {e.Message}");
        }
    }

    internal static ProcessSample Parse(string stat, IEnumerable<string> status)
    {
        // The name in parentheses may hold anything, so count from behind it: state is field 3, utime 14, stime 15.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        long resident = 0;
        long anonymous = 0;
        foreach (var line in status)
        {
            resident = line.StartsWith("VmRSS:", StringComparison.Ordinal) ? Bytes(line) : resident;
            anonymous = line.StartsWith("RssAnon:", StringComparison.Ordinal) ? Bytes(line) : anonymous;
        }
        return new ProcessSample(TimeSpan.FromSeconds(ticks / TicksPerSecond), resident, anonymous);
    }

    private static long Bytes(string line) => long.Parse(line.Split(':')[1].Replace("kB", ""), CultureInfo.InvariantCulture) * 1024;
}
