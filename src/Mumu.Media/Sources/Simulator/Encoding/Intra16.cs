// Predictions of 16×16 luma samples from their decoded neighbours (ITU-T H.264 §8.3.3).
namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>Each writes 256 predicted samples for the macroblock at a luma position.</summary>
internal static class Intra16
{
    public static void Vertical(Plane decoded, int x, int y, Span<byte> predicted)
    {
        var above = decoded.Row(x, y - 1, 16);
        for (var row = 0; row < 16; row++)
        {
            above.CopyTo(predicted[(16 * row)..]);
        }
    }

    public static void Horizontal(Plane decoded, int x, int y, Span<byte> predicted)
    {
        for (var row = 0; row < 16; row++)
        {
            predicted.Slice(16 * row, 16).Fill(decoded.Row(x - 1, y + row, 1)[0]);
        }
    }

    /// <summary>The mean of the neighbours there are, or middle grey.</summary>
    public static void Mean(Plane decoded, int x, int y, Span<byte> predicted)
    {
        var (sum, samples) = (0, 0);
        if (y > 0)
        {
            sum += Neighbours.SumAbove(decoded, x, y, 16);
            samples += 16;
        }
        if (x > 0)
        {
            sum += Neighbours.SumLeft(decoded, x, y, 16);
            samples += 16;
        }
        predicted[..256].Fill(samples == 0 ? (byte)128 : (byte)((sum + samples / 2) / samples));
    }
}
