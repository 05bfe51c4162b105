// A data directory of its own for each test.
using Mumu.Agent.Settings;

namespace Mumu.Agent.Tests.Harness;

public sealed class DataDirectory : IDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("mumu-agent-").FullName;

    public string SettingsPath => System.IO.Path.Combine(Path, SettingsStore.FileName);

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void WriteSettings(string text)
    {
        System.IO.File.WriteAllText(SettingsPath, text);
        // Two writes within one tick of the file system's clock would look like one.
        System.IO.File.SetLastWriteTimeUtc(
            SettingsPath,
            System.IO.File.GetLastWriteTimeUtc(SettingsPath).AddTicks(Interlocked.Increment(ref saves) * 10_000)
        );
    }

    private static int saves;

    public string ReadSettings() => System.IO.File.ReadAllText(SettingsPath);

    public SettingsStore Open(SettingsOverrides? overrides = null, Dictionary<string, string>? environment = null) =>
        SettingsStore.Open(Path, overrides ?? new SettingsOverrides(), environment ?? NoEnvironment);

    public SettingsStore Open(string settings)
    {
        WriteSettings(settings);
        return Open();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
