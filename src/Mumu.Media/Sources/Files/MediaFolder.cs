// The one folder whose files may be played.
using Mumu.Media.Units;

namespace Mumu.Media.Sources.Files;

/// <summary>Opens files below a folder, and no others: no way up, no absolute paths, no links that lead out.</summary>
/// <param name="root">The folder.</param>
public sealed class MediaFolder(string root)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxName = 255;

    private static readonly string[] s_kinds = [".mp4", ".m4v", ".mov", ".ts", ".m2ts", ".mts"];

    /// <summary>Checks a name without looking at the disk.</summary>
    /// <returns>Null if it is good, else a sentence for people.</returns>
    public static string? Problem(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "A file to play is named by “file”, as “door.mp4”; it lies in the folder “media” of the data folder.";
        }
        if (name.Length > MaxName || name.Any(c => char.IsControl(c) || c is '\\' or ':'))
        {
            return $"A file's name has at most {MaxName} characters, and slashes between folders.";
        }
        if (name.Split('/').Any(part => part is "" or "." or ".."))
        {
            return "A file to play lies in the folder “media” of the data folder: its name is as “door.mp4” or “clips/door.mp4”.";
        }
        return s_kinds.Contains(Path.GetExtension(name).ToLowerInvariant())
            ? null
            : $"A file to play is an MP4 file or an MPEG transport stream: its name ends in one of {string.Join(", ", s_kinds)}.";
    }

    /// <summary>Opens a file to read.</summary>
    /// <exception cref="SourceException">It is not there, may not be read, or is not one of the folder.</exception>
    public FileStream Open(string name)
    {
        if (Problem(name) is { } problem)
        {
            throw new SourceException(SourceFailure.NotFound, problem);
        }
        var path = Path.Combine(root, name);
        try
        {
            var folder = Real(Path.GetFullPath(root));
            var real = Real(path);
            if (!real.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new SourceException(
                    SourceFailure.NotFound,
                    $"“{name}” leads out of the folder “media”, by a link; put the file itself there."
                );
            }
            if (!File.Exists(real))
            {
                throw new FileNotFoundException();
            }
            // The path without links: one that is put there now is not followed by this name.
            return new FileStream(real, new FileStreamOptions { BufferSize = 128 * 1024, Share = FileShare.ReadWrite | FileShare.Delete });
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SourceException(SourceFailure.NotFound, $"There is no file “{name}” in {root}.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(SourceFailure.Unreachable, $"“{name}” can't be read: {error.Message}", error);
        }
    }

    // The path with every link of its folders and of itself followed.
    private static string Real(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }
        var here = Path.Combine(Real(parent), Path.GetFileName(path));
        FileSystemInfo info = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        return info.LinkTarget is null ? here : Real(info.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }
}
