// Units: their bytes live exactly as long as someone holds a reference.
using Mumu.Media.Units;

namespace Mumu.Media.Tests.Units;

public sealed class UnitTests
{
    [Fact]
    public void The_last_release_ends_it()
    {
        var unit = Unit.Copy([1, 2, 3]);
        unit.AddReference();
        unit.Release();
        Assert.Equal([1, 2, 3], unit.Data.ToArray());
        unit.Release();
        Assert.Equal(0, unit.References);
        Assert.Throws<ArgumentOutOfRangeException>(() => unit.Data.Length);
    }

    [Fact]
    public void A_release_too_many_throws()
    {
        var unit = Unit.Rent(1);
        unit.Release();
        Assert.Throws<InvalidOperationException>(unit.Release);
    }

    [Fact]
    public void A_reference_after_the_end_throws()
    {
        var unit = Unit.Rent(1);
        unit.Release();
        Assert.Throws<InvalidOperationException>(unit.AddReference);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(Unit.MaxLength + 1)]
    public void Lengths_are_bounded(int length) => Assert.Throws<ArgumentOutOfRangeException>(() => Unit.Rent(length));

    [Fact]
    public void Trimming_shortens_and_never_lengthens()
    {
        var unit = Unit.Copy([1, 2, 3]);
        unit.Trim(2);
        Assert.Equal([1, 2], unit.Data.ToArray());
        Assert.Equal(2, unit.Memory.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => unit.Trim(3));
    }

    [Fact]
    public void References_from_many_threads_add_up()
    {
        var unit = Unit.Rent(100);
        Parallel.For(0, 10_000, _ => unit.AddReference());
        Parallel.For(0, 10_000, _ => unit.Release());
        Assert.Equal(1, unit.References);
        unit.Release();
    }
}
