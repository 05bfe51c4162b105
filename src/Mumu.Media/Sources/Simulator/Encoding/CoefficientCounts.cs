// How many coefficients each 4×4 block of a plane has: the context of its neighbours' codes.
namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>Counts by block, one row of blocks after the other (ITU-T H.264 §9.2.1).</summary>
internal sealed class CoefficientCounts(int columns, int rows)
{
    private readonly byte[] _counts = new byte[columns * rows];

    /// <summary>Sets all to zero, as blocks that are skipped have it.</summary>
    public void Clear() => Array.Clear(_counts);

    public void Set(int x, int y, int count) => _counts[y * columns + x] = (byte)count;

    /// <summary>The mean of the left and the upper block, or the one there is, or zero.</summary>
    public int Context(int x, int y)
    {
        var at = y * columns + x;
        return (x > 0, y > 0) switch
        {
            (true, true) => (_counts[at - 1] + _counts[at - columns] + 1) >> 1,
            (true, false) => _counts[at - 1],
            (false, true) => _counts[at - columns],
            _ => 0,
        };
    }
}
