// Draws into a picture and marks what changed.
using Mumu.Media.Sources.Simulator.Encoding;

namespace Mumu.Media.Sources.Simulator;

/// <summary>A colour of limited-range BT.709.</summary>
internal readonly record struct Ink(byte Luma, byte Blue, byte Red)
{
    public static readonly Ink Black = new(16, 128, 128);
    public static readonly Ink White = new(235, 128, 128);
}

/// <summary>Drawing over a background that can be brought back. Positions and sizes of coloured shapes are even, since two by two pixels share their colour.</summary>
internal sealed class Canvas(Picture picture, bool[] dirty)
{
    private readonly Picture _background = new(picture.Width, picture.Height);

    public Picture Picture => picture;

    public void Fill(int x, int y, int width, int height, Ink ink)
    {
        for (var row = y; row < y + height; row += 2)
        {
            FillRows(x, row, width, ink);
        }
        Mark(x, y, width, height);
    }

    /// <summary>Fills two rows from an even one on, without marking.</summary>
    public void FillRows(int x, int y, int width, Ink ink)
    {
        picture.Luma.Row(x, y, width).Fill(ink.Luma);
        picture.Luma.Row(x, y + 1, width).Fill(ink.Luma);
        picture.Blue.Row(x / 2, y / 2, width / 2).Fill(ink.Blue);
        picture.Red.Row(x / 2, y / 2, width / 2).Fill(ink.Red);
    }

    /// <summary>Fills brightness only; for places that are grey anyway.</summary>
    public void FillLuma(int x, int y, int width, int height, byte luma)
    {
        for (var row = y; row < y + height; row++)
        {
            picture.Luma.Row(x, row, width).Fill(luma);
        }
        Mark(x, y, width, height);
    }

    /// <summary>Takes what is drawn now as the background.</summary>
    public void KeepBackground()
    {
        picture.Luma.Samples.CopyTo(_background.Luma.Samples, 0);
        picture.Blue.Samples.CopyTo(_background.Blue.Samples, 0);
        picture.Red.Samples.CopyTo(_background.Red.Samples, 0);
    }

    /// <summary>Brings the background back in a rectangle of even edges.</summary>
    public void Restore(int x, int y, int width, int height)
    {
        Copy(_background.Luma, picture.Luma, x, y, width, height);
        Copy(_background.Blue, picture.Blue, x / 2, y / 2, width / 2, height / 2);
        Copy(_background.Red, picture.Red, x / 2, y / 2, width / 2, height / 2);
        Mark(x, y, width, height);
    }

    /// <summary>Marks the macroblocks under a rectangle as changed.</summary>
    public void Mark(int x, int y, int width, int height)
    {
        var (left, right) = (x / 16, (x + width - 1) / 16);
        for (var row = y / 16; row <= (y + height - 1) / 16; row++)
        {
            dirty.AsSpan(row * picture.Columns + left, right - left + 1).Fill(true);
        }
    }

    private static void Copy(Plane from, Plane to, int x, int y, int width, int height)
    {
        for (var row = y; row < y + height; row++)
        {
            from.Row(x, row, width).CopyTo(to.Row(x, row, width));
        }
    }
}
