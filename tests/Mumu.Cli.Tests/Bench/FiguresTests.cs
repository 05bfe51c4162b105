// Percentiles, the kernel's figures, and secrets.
using Mumu.Cli.Bench;
using Mumu.Cli.Verbs;

namespace Mumu.Cli.Tests.Bench;

public sealed class FiguresTests
{
    [Fact]
    public void Percentiles_are_samples_of_their_rank()
    {
        var figures = Percentiles.Of(Enumerable.Range(1, 100).Select(n => (double)n).Reverse());
        Assert.Equal(new Percentiles(100, 50, 95, 100), figures);
        Assert.Equal(new Percentiles(1, 7, 7, 7), Percentiles.Of([7]));
        Assert.Null(Percentiles.Of([]));
    }

    [Fact]
    public void A_process_is_read_whatever_its_name()
    {
        const string stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 3000 0 7 0 150 50 0 0 20 0 12 0 100 9000 800";
        var sample = ProcessSample.Parse(stat, ["Name:\ta", "VmRSS:\t   2048 kB", "RssAnon:\t    512 kB"]);
        Assert.Equal(new ProcessSample(TimeSpan.FromSeconds(2), 2048 * 1024, 512 * 1024), sample);
    }

    [Fact]
    public void This_process_uses_memory()
    {
        var sample = ProcessSample.Of(Environment.ProcessId);
        Assert.InRange(sample.PrivateBytes, 1_000_000, sample.ResidentBytes);
    }

    [Fact]
    public void A_process_that_is_not_there_is_named() =>
        Assert.Contains("2147483647", Assert.Throws<VerbException>(() => ProcessSample.Of(int.MaxValue)).Message, StringComparison.Ordinal);

    [Fact]
    public void Secrets_come_from_input_or_file()
    {
        var file = new FileInfo(Path.GetTempFileName());
        try
        {
            File.WriteAllText(file.FullName, "from-file\n");
            Assert.Equal("from-input", SecretInput.Read(true, file, "MUMU_NO_SUCH", new StringReader("from-input\n")));
            Assert.Equal("from-file", SecretInput.Read(false, file, "MUMU_NO_SUCH", TextReader.Null));
            Assert.Null(SecretInput.Read(false, null, "MUMU_NO_SUCH", TextReader.Null));
            Assert.Throws<VerbException>(() => SecretInput.Read(true, null, "MUMU_NO_SUCH", TextReader.Null));
        }
        finally
        {
            file.Delete();
        }
        Assert.Throws<VerbException>(() => SecretInput.Read(false, file, "MUMU_NO_SUCH", TextReader.Null));
    }
}
