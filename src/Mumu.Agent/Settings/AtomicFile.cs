// Replaces a file so that every reader, and every power cut, sees the old bytes or the new ones.
namespace Mumu.Agent.Settings;

/// <summary>Temp file beside the target, fsync, rename. A power cut right after may still give the old file, but never half of one.</summary>
internal static class AtomicFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Usual = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes the bytes.</summary>
    /// <param name="path">The file; a link is followed, so that the link stays.</param>
    /// <param name="bytes">All of its new content.</param>
    /// <param name="ownerOnly">True: 0600. False: as the file was, 0644 for a new one.</param>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool ownerOnly)
    {
        path = Target(path);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode =
                ownerOnly ? OwnerOnly
                : File.Exists(path) ? File.GetUnixFileMode(path)
                : Usual;
        }
        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>The file itself, where the path is a link to it.</summary>
    public static string Target(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    /// <summary>Takes the right to read from everyone but the owner.</summary>
    public static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }
}
