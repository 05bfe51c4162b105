// Finds the programs that the tests talk to.
namespace Mumu.Interop.Tests.Rtsp;

internal static class Programs
{
    /// <summary>Path of a program; a test that misses it fails with the package to install.</summary>
    internal static string Find(string name, string package)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin")
            .Split(':')
            .Prepend("/usr/bin")
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        Assert.True(found is not null, $"{name} is missing: install the Debian package {package}.");
        return found;
    }

    /// <summary>Path of a file in the repository.</summary>
    internal static string InRepository(params string[] path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Mumu.slnx")))
            {
                return Path.Combine([folder.FullName, .. path]);
            }
        }
        throw new InvalidOperationException("Mumu.slnx was not found above the test's folder.");
    }
}
