// Pictures that no camera makes, to reach every corner of the encoder.
using Mumu.Media.Sources.Simulator.Encoding;

namespace Mumu.Media.Tests.Simulator;

internal static class NoisePainter
{
    /// <summary>Repaints two macroblocks of three, or all, each in one of four styles.</summary>
    public static void Paint(H264Encoder encoder, Random random, int strength, bool all)
    {
        for (var macroblock = 0; macroblock < encoder.Dirty.Length; macroblock++)
        {
            if (all || random.Next(3) > 0)
            {
                var (column, row) = (macroblock % encoder.Source.Columns, macroblock / encoder.Source.Columns);
                PaintPlane(encoder.Source.Luma, column * 16, row * 16, 16, random, strength);
                PaintPlane(encoder.Source.Blue, column * 8, row * 8, 8, random, strength);
                PaintPlane(encoder.Source.Red, column * 8, row * 8, 8, random, strength);
                encoder.Dirty[macroblock] = true;
            }
        }
    }

    private static void PaintPlane(Plane plane, int left, int top, int side, Random random, int strength)
    {
        var (basis, style) = (random.Next(256), random.Next(4));
        for (var y = 0; y < side; y++)
        {
            var samples = plane.Row(left, top + y, side);
            for (var x = 0; x < side; x++)
            {
                var value = style switch
                {
                    0 => basis + random.Next(-strength, strength + 1),
                    1 => (x / 4 + y / 4) % 2 == 0 ? basis : random.Next(256),
                    2 => basis + x * strength / 8 - y,
                    _ => random.Next(40) == 0 ? random.Next(256) : basis,
                };
                samples[x] = (byte)Math.Clamp(value, 0, 255);
            }
        }
    }
}
