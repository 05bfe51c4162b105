// A picture in 4:2:0, as wide and high as whole macroblocks.
namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>One plane of samples.</summary>
internal sealed class Plane(int stride, int height)
{
    /// <summary>Samples of one row, which is also the step to the next.</summary>
    public readonly int Stride = stride;

    /// <summary>All rows, one after the other.</summary>
    public readonly byte[] Samples = new byte[stride * height];

    /// <summary>A stretch of one row.</summary>
    public Span<byte> Row(int x, int y, int width) => Samples.AsSpan(y * Stride + x, width);
}

/// <summary>Luma and two chroma planes of half its width and height; 16×16 luma samples make a macroblock.</summary>
internal sealed class Picture
{
    public Picture(int width, int height)
    {
        Width = width;
        Height = height;
        Columns = (width + 15) / 16;
        Rows = (height + 15) / 16;
        Luma = new Plane(Columns * 16, Rows * 16);
        Blue = new Plane(Columns * 8, Rows * 8);
        Red = new Plane(Columns * 8, Rows * 8);
    }

    /// <summary>Visible width in pixels; the rest up to whole macroblocks is cropped by the decoder.</summary>
    public int Width { get; }

    /// <summary>Visible height in pixels.</summary>
    public int Height { get; }

    /// <summary>Macroblocks in a row.</summary>
    public int Columns { get; }

    /// <summary>Rows of macroblocks.</summary>
    public int Rows { get; }

    public Plane Luma { get; }

    public Plane Blue { get; }

    public Plane Red { get; }

    /// <summary>Bytes that <see cref="CopyVisible"/> writes.</summary>
    public int VisibleLength => Width * Height * 3 / 2;

    /// <summary>Writes the visible part as planar 4:2:0 without gaps ("yuv420p" of ffmpeg).</summary>
    public void CopyVisible(Span<byte> destination)
    {
        var at = Copy(Luma, Width, Height, destination);
        at += Copy(Blue, Width / 2, Height / 2, destination[at..]);
        Copy(Red, Width / 2, Height / 2, destination[at..]);
    }

    private static int Copy(Plane plane, int width, int height, Span<byte> destination)
    {
        for (var y = 0; y < height; y++)
        {
            plane.Row(0, y, width).CopyTo(destination[(y * width)..]);
        }
        return width * height;
    }
}
