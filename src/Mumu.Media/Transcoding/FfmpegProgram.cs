// Where ffmpeg is on this machine.
namespace Mumu.Media.Transcoding;

/// <summary>Finds the one program that is ever run: <c>ffmpeg</c> in the folders of PATH. No setting names it.</summary>
public static class FfmpegProgram
{
    /// <summary>What to tell people who have none.</summary>
    public const string Missing =
        "This needs ffmpeg, which is not on this machine. Install the package ffmpeg (Debian, Ubuntu: apt install ffmpeg).";

    /// <summary>Its path; null where there is none. Looked up each time: it may be installed while we run.</summary>
    public static string? Find()
    {
        var name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
