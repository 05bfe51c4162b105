// Names of namespaces, and the promise that none outlives its run: removed at the end of the program, or by the next run after a hard end.
using System.Collections.Concurrent;
using System.Globalization;

namespace Mumu.Lab.Tests.Networks;

internal static class Leftovers
{
    private const string Prefix = "mumulab";
    private static readonly ConcurrentDictionary<NetworkNamespace, bool> s_present = [];
    private static int s_count;

    /// <summary>Unique on this machine: the process' id is part of it.</summary>
    public static string NewName(string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}-{what}");

    public static void Add(NetworkNamespace made) => s_present[made] = true;

    public static bool Remove(NetworkNamespace gone) => s_present.TryRemove(gone, out _);

    /// <summary>Removes what runs that are no more have left, and sees to it that this one leaves nothing, even when it is ended by a signal.</summary>
    public static void Sweep()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAll();
        foreach (var line in Command.RunToEnd("ip", "netns", "list").Text.Split('\n'))
        {
            var name = line.Split(' ')[0];
            var parts = name.Split('-');
            if (parts.Length == 4 && parts[0] == Prefix && !Directory.Exists($"/proc/{parts[1]}"))
            {
                NetworkNamespace.Delete(name);
            }
        }
    }

    /// <summary>The namespaces of this run that are still there.</summary>
    public static IReadOnlyCollection<string> Present => [.. s_present.Keys.Select(n => n.Name)];

    private static void RemoveAll()
    {
        foreach (var present in s_present.Keys)
        {
            present.Dispose();
        }
    }
}
