// Finds port offsets at which the program's ports are all free on loopback.
using Mumu.Tests.Shared;

namespace Mumu.EndToEnd.Tests.Harness;

internal static class PortOffsets
{
    private const int First = 7_000; // 8,900 and up with the lowest of the ports
    private const int Count = 1_460; // the highest of them stay below 32,768, where the kernel gives ports by itself
    private static readonly int[] s_ports =
    [
        8080,
        8000,
        8889,
        8888,
        8554,
        3478,
        8189,
        8190,
        8191,
        8192,
        8050,
        8051,
        9997,
        9998,
        1935,
        1936,
    ];
    private static int s_next = Environment.ProcessId % 200 * 8;

    /// <summary>An offset not handed out before by this run, whose ports nobody holds.</summary>
    public static int Take()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var offset = First + (Interlocked.Increment(ref s_next) % Count * 10);
            if (FreePort.TryTakeAll([.. s_ports.Select(port => port + offset)]))
            {
                return offset;
            }
        }
        throw new InvalidOperationException("No free ports were found on loopback.");
    }
}
