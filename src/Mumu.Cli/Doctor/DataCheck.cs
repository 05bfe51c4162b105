// Can the data folder be written, and is there room?
namespace Mumu.Cli.Doctor;

internal static class DataCheck
{
    private const long LowSpace = 1L << 30;

    public static Finding Look(string directory)
    {
        var probe = Path.Combine(directory, $".doctor-{Environment.ProcessId}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding(
                "data folder",
                Severity.Problem,
                $"{directory} cannot be written: {e.Message}",
                "Give it to the user that runs mumu, or name another with --data."
            );
        }
        var free = new DriveInfo(directory).AvailableFreeSpace;
        return free < LowSpace
            ? new Finding(
                "data folder",
                Severity.Warning,
                $"{directory} has {free >> 20} MiB free",
                "Make room: recordings and logs need it."
            )
            : new Finding("data folder", Severity.Good, $"{directory}, {free >> 30} GiB free");
    }
}
