// A folder that goes away with the test.
namespace Mumu.EndToEnd.Tests.Harness;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mumu-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
