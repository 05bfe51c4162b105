// What happens to mumu.json itself while the program runs.
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Settings;

public sealed class SettingsFileTroubleTests : IDisposable
{
    private const string Door = """{ "cameras": { "door": { "url": "rtsp://door/1" } } }""";

    private readonly DataDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_link_that_leads_nowhere_is_a_problem_and_not_the_end()
    {
        var store = _data.Open(Door);
        File.Delete(_data.SettingsPath);
        File.CreateSymbolicLink(_data.SettingsPath, _data.SettingsPath);
        Assert.False(store.Reload());
        Assert.Contains("can't be read", store.Problem!.Message, StringComparison.Ordinal);
        Assert.Equal(["door"], store.Current.Cameras.Keys);

        File.Delete(_data.SettingsPath);
        _data.WriteSettings("""{ "cameras": { } }""");
        Assert.True(store.Reload());
        Assert.Null(store.Problem);
    }

    [Fact]
    public void A_file_that_was_removed_comes_back_with_the_next_change()
    {
        var store = _data.Open(Door);
        File.Delete(_data.SettingsPath);
        Assert.False(store.Reload());
        store.SetCamera("yard", new CameraSettings(Url: "rtsp://yard/1"));
        Assert.Equal(["door", "yard"], _data.Open().Current.Cameras.Keys);
    }
}
