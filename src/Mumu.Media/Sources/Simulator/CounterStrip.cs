// The frame counter that machines read off the picture.
namespace Mumu.Media.Sources.Simulator;

/// <summary>
/// The simulator's frame counter as 32 squares of one macroblock each, so that a program can tell which frame it sees in any decoded, even scaled, picture.
/// The squares stand in the second row of macroblocks (y from 16), centred, most significant bit to the left; pictures with fewer than 34 columns of macroblocks
/// have the upper sixteen bits there and the lower sixteen in the row below. White (luma 235) is one, black (luma 16) is zero; around them it is black. To read a bit, look at
/// <see cref="Centre"/> and compare with the middle. In a 1280×720 picture bit 31 is at x 392, y 24, and each further bit 16 pixels to the right.
/// </summary>
public static class CounterStrip
{
    /// <summary>Side of a square in pixels.</summary>
    public const int Side = 16;

    /// <summary>Bits of the counter.</summary>
    public const int Bits = 32;

    /// <summary>Top of the first row of squares, in pixels.</summary>
    public const int Top = 16;

    /// <summary>Luma of a one.</summary>
    public const byte One = 235;

    /// <summary>Luma of a zero.</summary>
    public const byte Zero = 16;

    /// <summary>Luma between the two.</summary>
    public const byte Middle = 128;

    /// <summary>Squares in a row: 32, or 16 in two rows where the picture is narrower than 544 pixels.</summary>
    public static int PerRow(int width) => width >= 34 * Side ? Bits : Bits / 2;

    /// <summary>Rows of squares.</summary>
    public static int RowCount(int width) => Bits / PerRow(width);

    /// <summary>Left upper corner of a bit's square, in pixels; bit 31 is the first.</summary>
    public static (int X, int Y) Corner(int width, int bit)
    {
        var (columns, perRow) = ((width + Side - 1) / Side, PerRow(width));
        var square = Bits - 1 - bit;
        return (((columns - perRow) / 2 + square % perRow) * Side, Top + square / perRow * Side);
    }

    /// <summary>The pixel to look at for a bit.</summary>
    public static (int X, int Y) Centre(int width, int bit)
    {
        var (x, y) = Corner(width, bit);
        return (x + Side / 2, y + Side / 2);
    }

    /// <summary>Reads the counter from the luma plane of a decoded picture, whose rows are <paramref name="width"/> bytes.</summary>
    public static uint Read(ReadOnlySpan<byte> luma, int width)
    {
        var counter = 0u;
        for (var bit = Bits - 1; bit >= 0; bit--)
        {
            var (x, y) = Centre(width, bit);
            counter = counter << 1 | (luma[y * width + x] >= Middle ? 1u : 0u);
        }
        return counter;
    }
}
