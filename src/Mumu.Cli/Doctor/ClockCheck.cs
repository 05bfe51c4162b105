// Is the clock right? Tokens, pairing codes and signatures expire by it.
using System.Reflection;
using System.Runtime.InteropServices;

namespace Mumu.Cli.Doctor;

internal static partial class ClockCheck
{
    private const int NotSynchronised = 5; // TIME_ERROR of adjtimex(2)

    public static Finding Look(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var built = new DateTimeOffset(
            File.GetLastWriteTimeUtc(Environment.ProcessPath ?? Assembly.GetExecutingAssembly().Location),
            TimeSpan.Zero
        );
        if (now < built.AddDays(-1))
        {
            return new Finding(
                "clock",
                Severity.Problem,
                $"it says {now:yyyy-MM-dd HH:mm}, before this program was installed",
                "Set the clock, or switch time synchronisation on."
            );
        }
        if (OperatingSystem.IsLinux() && ReadState() == NotSynchronised)
        {
            return new Finding(
                "clock",
                Severity.Warning,
                $"{now:yyyy-MM-dd HH:mm:ss} UTC, not synchronised with a time server",
                "If codes or sign-ins expire at once, switch time synchronisation on (timedatectl set-ntp true)."
            );
        }
        return new Finding("clock", Severity.Good, $"{now:yyyy-MM-dd HH:mm:ss} UTC");
    }

    private static int ReadState()
    {
        Span<byte> timex = stackalloc byte[512]; // struct timex is 208 bytes; all zero asks only
        timex.Clear();
        try
        {
            return AdjustTime(ref MemoryMarshal.GetReference(timex));
        }
        catch (EntryPointNotFoundException)
        {
            return 0; // a libc without adjtimex cannot tell
        }
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(ref byte timex);
}
