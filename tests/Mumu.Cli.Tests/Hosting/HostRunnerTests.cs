// Starts that come to nothing.
using System.Net;
using Mumu.Agent.Settings;
using Mumu.Cli.Hosting;
using Mumu.Cli.Verbs;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.Cli.Tests.Hosting;

public sealed class HostRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();

    public void Dispose()
    {
        _output.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_signal_during_the_start_ends_it_without_a_word()
    {
        await HostRunner.RunAsync(Plan(), _output, new CancellationToken(canceled: true));
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task A_folder_that_is_in_use_is_refused_before_anything_is_touched()
    {
        using var other = DataFolderLock.Take(_folder.Path, hub: true, agent: true);
        await Assert.ThrowsAsync<VerbException>(() => HostRunner.RunAsync(Plan(), _output, TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "hub")));
    }

    private HostPlan Plan()
    {
        var overrides = new SettingsOverrides { PortOffset = PortOffsets.Take(), Bind = "127.0.0.1" };
        var settings = SettingsStore.Open(_folder.Path, overrides, SettingsEnvironment.OfProcess());
        return new HostPlan(_folder.Path, IPAddress.Loopback, settings, RunsHub: true, RunsAgent: true);
    }
}
