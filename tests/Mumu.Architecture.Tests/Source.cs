// The repository as text: where it is and what its source files are.
namespace Mumu.Architecture.Tests;

internal static class Source
{
    /// <summary>The folder that holds Mumu.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file below a folder of the repository, generated ones left out.</summary>
    public static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    /// <summary>A path as the repository names it.</summary>
    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Mumu.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("Mumu.slnx was not found above the test's folder.");
    }
}
