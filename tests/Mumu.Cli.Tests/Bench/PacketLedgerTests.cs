// The load generator's bookkeeping of packet numbers.
using Mumu.Cli.Bench;

namespace Mumu.Cli.Tests.Bench;

public sealed class PacketLedgerTests
{
    private readonly PacketLedger _ledger = new();

    [Fact]
    public void What_comes_in_order_is_new_over_the_wrap()
    {
        for (var number = 65_000; number < 65_000 + 70_000; number++)
        {
            Assert.True(_ledger.Take((ushort)number));
        }
        Assert.Equal((70_000, 70_000, 0), (_ledger.Received, _ledger.Expected, _ledger.Reordered));
    }

    [Fact]
    public void What_comes_twice_counts_once()
    {
        Take(65_534, 65_535, 0, 1);
        Assert.True(_ledger.HasSeen(65_535));
        Assert.False(_ledger.Take(65_535));
        Assert.False(_ledger.HasSeen(2));
        Assert.Equal((4, 4), (_ledger.Received, _ledger.Expected));
    }

    [Fact]
    public void What_comes_late_is_reordered_and_not_lost()
    {
        Take(10, 11, 14, 12, 13);
        Assert.Equal((5, 5, 2), (_ledger.Received, _ledger.Expected, _ledger.Reordered));
    }

    [Fact]
    public void What_comes_before_the_first_moves_the_beginning()
    {
        Take(2, 65_535, 0, 3);
        Assert.Equal((4, 5, 2), (_ledger.Received, _ledger.Expected, _ledger.Reordered));
    }

    [Fact]
    public void What_never_comes_is_missing()
    {
        Take(100, 101, 20_000);
        Assert.Equal((3, 19_901), (_ledger.Received, _ledger.Expected));
        Assert.True(_ledger.Take(19_999));
        Assert.False(_ledger.HasSeen(19_998));
    }

    [Fact]
    public void A_number_is_new_again_a_circle_later()
    {
        for (var number = 0; number <= 65_536; number++)
        {
            Assert.True(_ledger.Take((ushort)number));
        }
    }

    [Fact]
    public void Any_order_with_loss_and_repeats_adds_up()
    {
        var random = new Random(7);
        var sent = Enumerable.Range(60_000, 20_000).ToList();
        var kept = sent.Where((n, i) => i == 0 || i == sent.Count - 1 || random.Next(10) > 0).ToList();
        var arrivals = kept.Concat(kept.Where(_ => random.Next(10) == 0))
            .Select(n => (Number: n, Place: n + random.Next(200)))
            .OrderBy(a => a.Place)
            .ToList();
        var repeats = arrivals.Count(a => !_ledger.Take((ushort)a.Number));
        Assert.Equal(arrivals.Count - kept.Count, repeats);
        Assert.Equal((kept.Count, sent.Count), (_ledger.Received, _ledger.Expected));
    }

    private void Take(params int[] numbers) => Assert.All(numbers, number => Assert.True(_ledger.Take((ushort)number)));
}
