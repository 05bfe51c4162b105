// The integer transforms of H.264 (ITU-T H.264 §8.5 and their forward counterparts).
namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>Transforms in place; blocks of 4×4 are 16 numbers row by row.</summary>
internal static class Transforms
{
    /// <summary>Residual to coefficients.</summary>
    public static void Forward(Span<int> block)
    {
        for (var y = 0; y < 16; y += 4)
        {
            Forward(ref block[y], ref block[y + 1], ref block[y + 2], ref block[y + 3]);
        }
        for (var x = 0; x < 4; x++)
        {
            Forward(ref block[x], ref block[x + 4], ref block[x + 8], ref block[x + 12]);
        }
    }

    /// <summary>Coefficients to residual times 64; the caller rounds.</summary>
    public static void Inverse(Span<int> block)
    {
        for (var y = 0; y < 16; y += 4)
        {
            Inverse(ref block[y], ref block[y + 1], ref block[y + 2], ref block[y + 3]);
        }
        for (var x = 0; x < 4; x++)
        {
            Inverse(ref block[x], ref block[x + 4], ref block[x + 8], ref block[x + 12]);
        }
    }

    /// <summary>The second transform of sixteen luma DC coefficients; its own inverse but for a factor of 16.</summary>
    public static void LumaDc(Span<int> block)
    {
        for (var y = 0; y < 16; y += 4)
        {
            Hadamard(ref block[y], ref block[y + 1], ref block[y + 2], ref block[y + 3]);
        }
        for (var x = 0; x < 4; x++)
        {
            Hadamard(ref block[x], ref block[x + 4], ref block[x + 8], ref block[x + 12]);
        }
    }

    /// <summary>The second transform of four chroma DC coefficients; its own inverse but for a factor of 4.</summary>
    public static void ChromaDc(Span<int> block)
    {
        var (a, b, c, d) = (block[0], block[1], block[2], block[3]);
        block[0] = a + b + c + d;
        block[1] = a - b + c - d;
        block[2] = a + b - c - d;
        block[3] = a - b - c + d;
    }

    private static void Forward(ref int a, ref int b, ref int c, ref int d)
    {
        var (outer, inner) = (a + d, b + c);
        var (outerStep, innerStep) = (a - d, b - c);
        a = outer + inner;
        b = 2 * outerStep + innerStep;
        c = outer - inner;
        d = outerStep - 2 * innerStep;
    }

    private static void Inverse(ref int a, ref int b, ref int c, ref int d)
    {
        var (even, evenStep) = (a + c, a - c);
        var (oddStep, odd) = ((b >> 1) - d, b + (d >> 1));
        a = even + odd;
        b = evenStep + oddStep;
        c = evenStep - oddStep;
        d = even - odd;
    }

    private static void Hadamard(ref int a, ref int b, ref int c, ref int d)
    {
        var (left, leftStep) = (a + b, a - b);
        var (right, rightStep) = (c + d, c - d);
        a = left + right;
        b = left - right;
        c = leftStep - rightStep;
        d = leftStep + rightStep;
    }
}
