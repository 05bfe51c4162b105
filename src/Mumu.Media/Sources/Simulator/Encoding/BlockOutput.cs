// The innermost loops: differences of rows, and predictions plus residual into the decoded picture.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mumu.Media.Sources.Simulator.Encoding;

internal static class BlockOutput
{
    /// <summary>Sum of absolute differences of sixteen samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Difference16(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var (a, b) = (Vector128.Create(left), Vector128.Create(right));
        var (low, high) = Vector128.Widen(Vector128.Max(a, b) - Vector128.Min(a, b));
        return Vector128.Sum(low + high);
    }

    /// <summary>Writes 4×4 samples: prediction plus a residual that is still times 64.</summary>
    public static void Add(ReadOnlySpan<int> residual, ReadOnlySpan<byte> predicted, int predictedStride, Plane decoded, int x, int y)
    {
        for (var i = 0; i < 4; i++)
        {
            var from = predicted.Slice(i * predictedStride, 4);
            var to = decoded.Row(x, y + i, 4);
            for (var j = 0; j < 4; j++)
            {
                to[j] = Clip(from[j] + ((residual[4 * i + j] + 32) >> 6));
            }
        }
    }

    /// <summary>Writes 4×4 samples: prediction plus the same value everywhere.</summary>
    public static void AddConstant(int value, ReadOnlySpan<byte> predicted, int predictedStride, Plane decoded, int x, int y)
    {
        for (var i = 0; i < 4; i++)
        {
            var from = predicted.Slice(i * predictedStride, 4);
            var to = decoded.Row(x, y + i, 4);
            if (value == 0)
            {
                from.CopyTo(to);
                continue;
            }
            for (var j = 0; j < 4; j++)
            {
                to[j] = Clip(from[j] + value);
            }
        }
    }

    private static byte Clip(int value) => (byte)Math.Clamp(value, 0, 255);
}
