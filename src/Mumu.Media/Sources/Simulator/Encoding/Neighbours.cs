// Sums over the decoded samples around a block.
namespace Mumu.Media.Sources.Simulator.Encoding;

internal static class Neighbours
{
    public static int SumAbove(Plane decoded, int x, int y, int count)
    {
        var sum = 0;
        foreach (var sample in decoded.Row(x, y - 1, count))
        {
            sum += sample;
        }
        return sum;
    }

    public static int SumLeft(Plane decoded, int x, int y, int count)
    {
        var sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += decoded.Samples[(y + i) * decoded.Stride + x - 1];
        }
        return sum;
    }
}
