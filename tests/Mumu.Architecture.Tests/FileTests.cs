// What every source file looks like: a first line that says what it is, a bounded length, a name that says something.
namespace Mumu.Architecture.Tests;

public sealed class FileTests
{
    private const int MostLines = 300;

    /// <summary>Files that may be longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> LongForAReason = [];

    private static readonly string[] EmptyNames = ["Utils", "Util", "Helpers", "Helper", "Common", "Misc", "Manager"];

    private static IEnumerable<string> AllFiles() => Source.Files("src").Concat(Source.Files("tests"));

    [Fact]
    public void Every_file_opens_with_what_it_is()
    {
        var without = AllFiles().Where(f => !File.ReadLines(f).First().TrimStart('\uFEFF').StartsWith("// ", StringComparison.Ordinal));
        Assert.Equal([], without.Select(Source.Relative));
    }

    [Fact]
    public void Files_stay_short() =>
        Assert.Empty(
            Source
                .Files("src")
                .Select(f => (File: Source.Relative(f), Lines: File.ReadLines(f).Count()))
                .Where(f => f.Lines > MostLines && !LongForAReason.ContainsKey(f.File))
                .Select(f => $"{f.File}: {f.Lines} lines")
        );

    [Fact]
    public void No_file_or_folder_has_an_empty_name() =>
        Assert.Empty(
            AllFiles()
                .Select(Source.Relative)
                .Where(f =>
                    f.Split('/')
                        .Any(part => EmptyNames.Any(n => Path.GetFileNameWithoutExtension(part).EndsWith(n, StringComparison.Ordinal)))
                )
        );

    [Fact]
    public void Namespaces_follow_folders()
    {
        var wrong = new List<string>();
        foreach (var file in Source.Files("src"))
        {
            var relative = Source.Relative(file);
            var expected = string.Join('.', relative.Split('/')[1..^1]);
            var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal));
            if (line is not null && line != $"namespace {expected};")
            {
                wrong.Add($"{relative}: {line} (expected {expected})");
            }
        }
        Assert.Empty(wrong);
    }
}
