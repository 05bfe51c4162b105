// One hub and one agent at a time on a data folder.
using Mumu.Cli.Hosting;
using Mumu.Cli.Verbs;

namespace Mumu.Cli.Tests.Hosting;

public sealed class DataFolderLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mumu-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_second_program_of_the_same_kind_is_told_that_one_runs_already()
    {
        using var first = DataFolderLock.Take(_folder, hub: true, agent: true);
        var refusal = Assert.Throws<VerbException>(() => DataFolderLock.Take(_folder, hub: false, agent: true));
        Assert.Contains(_folder, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hub_and_an_agent_share_a_folder_and_what_was_refused_holds_nothing()
    {
        using var agent = DataFolderLock.Take(_folder, hub: false, agent: true);
        Assert.Throws<VerbException>(() => DataFolderLock.Take(_folder, hub: true, agent: true));
        DataFolderLock.Take(_folder, hub: true, agent: false).Dispose();
        DataFolderLock.Take(_folder, hub: true, agent: false).Dispose();
    }
}
