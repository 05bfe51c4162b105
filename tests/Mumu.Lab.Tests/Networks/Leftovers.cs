// Names of namespaces, and the promise that none outlives its run.
using System.Diagnostics;
using System.Globalization;

namespace Mumu.Lab.Tests.Networks;

internal static class Leftovers
{
    private const string Prefix = "mumulab";

    private const string Guardian = """
        cat >/dev/null
        for name in $(ip netns list | cut -d ' ' -f 1 | grep "^$1"); do
          ip netns pids "$name" | xargs -r kill -KILL
          ip netns del "$name"
        done
        """;

    private static int s_count;

    /// <summary>Unique on this machine: the process' id is part of it.</summary>
    public static string NewName(string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}-{what}");

    /// <summary>
    /// Sees to it that this run leaves nothing, however it ends: a shell of its own session waits for our end of its input to close, which the kernel does
    /// even when we are killed, and removes what is left.
    /// </summary>
    public static Process Guard()
    {
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Guardian, "sh", $"{Prefix}-{Environment.ProcessId}-"])
        {
            RedirectStandardInput = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("setsid did not start.");
    }
}
