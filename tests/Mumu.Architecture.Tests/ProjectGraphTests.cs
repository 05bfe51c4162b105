// Who may use whom among the projects, and the picture of it in docs/architecture.md.
using System.Xml.Linq;

namespace Mumu.Architecture.Tests;

public sealed class ProjectGraphTests
{
    /// <summary>The arrows of the house: project → what it may use.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Mumu.Protocols"] = [],
        ["Mumu.Io"] = ["Mumu.Protocols"],
        ["Mumu.Media"] = ["Mumu.Protocols", "Mumu.Io"],
        ["Mumu.Turn"] = ["Mumu.Protocols", "Mumu.Io"],
        ["Mumu.Signaling"] = [],
        ["Mumu.Hub"] = ["Mumu.Signaling"],
        ["Mumu.Agent"] = ["Mumu.Media", "Mumu.Protocols", "Mumu.Io", "Mumu.Signaling"],
        ["Mumu.Cli"] = ["Mumu.Hub", "Mumu.Agent", "Mumu.Media", "Mumu.Io", "Mumu.Protocols", "Mumu.Signaling", "Mumu.Turn"],
    };

    private static readonly string[] WithAspNet = ["Mumu.Hub", "Mumu.Agent", "Mumu.Cli"];

    [Fact]
    public void Projects_use_only_what_they_may()
    {
        foreach (var (project, uses) in Projects())
        {
            Assert.True(Allowed.ContainsKey(project), $"{project} is new: give it its place in {nameof(ProjectGraphTests)}.");
            Assert.Empty(uses.Except(Allowed[project]).Select(used => $"{project} must not use {used}"));
        }
        Assert.Equal(Allowed.Keys.Order(), Projects().Select(p => p.Name).Order());
    }

    [Fact]
    public void Only_the_outer_projects_know_the_web_framework()
    {
        var users = ProjectFiles().Where(f => KnowsTheWebFramework(File.ReadAllText(f)));
        Assert.Empty(users.Select(f => Path.GetFileNameWithoutExtension(f)).Except(WithAspNet));
    }

    [Fact]
    public void The_picture_in_the_docs_is_the_graph()
    {
        const string begin = "<!-- project graph -->";
        const string end = "<!-- end of project graph -->";
        var lines = Projects()
            .OrderBy(p => p.Name, StringComparer.Ordinal)
            .SelectMany(p => p.Uses.Select(u => $"  {Short(p.Name)} --> {Short(u)}"));
        var picture = $"{begin}\n```mermaid\ngraph TD\n{string.Join('\n', lines)}\n```\n{end}";
        var page = File.ReadAllText(Path.Combine(Source.Root, "docs", "architecture.md"));
        Assert.True(page.Contains(picture, StringComparison.Ordinal), $"docs/architecture.md must hold this picture:\n{picture}");
    }

    private static bool KnowsTheWebFramework(string project) =>
        project.Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal)
        || project.Contains("Microsoft.NET.Sdk.Web", StringComparison.Ordinal);

    private static string Short(string project) => project["Mumu.".Length..];

    private static IEnumerable<string> ProjectFiles() =>
        Directory.EnumerateFiles(Path.Combine(Source.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    private static IReadOnlyList<(string Name, string[] Uses)> Projects() =>
        [
            .. ProjectFiles()
                .Select(file =>
                    (
                        Path.GetFileNameWithoutExtension(file),
                        XDocument
                            .Load(file)
                            .Descendants("ProjectReference")
                            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))
                            .Order(StringComparer.Ordinal)
                            .ToArray()
                    )
                ),
        ];
}
