// Where the repository is.
namespace Mumu.EndToEnd.Tests.Harness;

internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
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
