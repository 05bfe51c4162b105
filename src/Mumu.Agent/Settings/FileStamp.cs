// What tells one saved version of a file from the next.
namespace Mumu.Agent.Settings;

/// <summary>Time of the last write and length; the default where there is no file.</summary>
internal readonly record struct FileStamp(long Ticks, long Length)
{
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(AtomicFile.Target(path));
        return file.Exists ? new FileStamp(file.LastWriteTimeUtc.Ticks, file.Length) : default;
    }
}
