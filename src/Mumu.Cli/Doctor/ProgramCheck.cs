// Are the programs there that mumu may use as children?
namespace Mumu.Cli.Doctor;

internal static class ProgramCheck
{
    public static Finding LookForFfmpeg()
    {
        var name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return found is not null
            ? new Finding("ffmpeg", Severity.Good, found)
            : new Finding(
                "ffmpeg",
                Severity.Warning,
                "not installed; the simulator and IP cameras work without it",
                "Install the package ffmpeg if cameras will need transcoding."
            );
    }
}
