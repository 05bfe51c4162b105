// The web app's types are what the records say.
using Mumu.TypeScript;

namespace Mumu.Signaling.Tests;

public sealed class TypeScriptTests
{
    [Fact]
    public void The_generated_file_in_the_repository_is_current()
    {
        string file = Path.Combine(RepositoryRoot(), "web", "src", "signaling", "messages.gen.ts");
        Assert.True(File.Exists(file), "Run: dotnet run --project tools/Mumu.TypeScript");
        Assert.True(
            File.ReadAllText(file).ReplaceLineEndings("\n") == TypeScriptModule.Generate(),
            "messages.gen.ts is out of date. Run: dotnet run --project tools/Mumu.TypeScript"
        );
    }

    [Fact]
    public void Every_record_is_known_to_the_json_context()
    {
        Assert.All(TypeScriptModule.Records(), type => Assert.NotNull(SignalingJson.Default.GetTypeInfo(type)));
    }

    [Fact]
    public void No_two_records_share_a_name()
    {
        Assert.Equal(TypeScriptModule.Records().Count(), TypeScriptModule.Records().Select(type => type.Name).Distinct().Count());
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Mumu.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Mumu.slnx was not found above the test's folder.");
        }
        return folder.FullName;
    }
}
