// What associations leave behind in a process that makes and drops them by the thousand.
namespace Mumu.Protocols.Tests.Dtls;

/// <summary>Looks at the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(DtlsMemoryTests), DisableParallelization = true)]
[Collection(nameof(DtlsMemoryTests))]
public sealed class DtlsMemoryTests
{
    [Fact]
    public void Thousands_of_associations_leave_nothing_behind()
    {
        Cycle(300);
        var before = ResidentBytes();
        Cycle(2000);
        Assert.InRange(ResidentBytes() - before, long.MinValue, 20_000_000); // one leaked association in five would be more

        static void Cycle(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var network = new DtlsNetwork(seed: i);
                if (i % 10 == 9)
                    network.Give(network.Server, network.Take(network.Client)!); // left half way
                else
                    Assert.True(network.Connect());
                if (i % 3 == 0)
                    network.Server.Close();
            }
        }
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }
}
