// Quantisation of transform coefficients and its inverse (ITU-T H.264 §8.5).
namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>Scales coefficients by the step of a quantisation parameter, for one kind of plane.</summary>
internal sealed class Quantizer
{
    /// <summary>Levels are kept below what CAVLC's longest escape can say.</summary>
    private const int MaxLevel = 2000;

    // For each of the six steps that double: coefficients at even rows and columns, at odd rows and columns, and the others.
    private static readonly int[][] Forward =
    [
        [13107, 5243, 8066],
        [11916, 4660, 7490],
        [10082, 4194, 6554],
        [9362, 3647, 5825],
        [8192, 3355, 5243],
        [7282, 2893, 4559],
    ];
    private static readonly int[][] Backward =
    [
        [10, 16, 13],
        [11, 18, 14],
        [13, 20, 16],
        [14, 23, 18],
        [16, 25, 20],
        [18, 29, 23],
    ];
    private static readonly byte[] ChromaOfLuma = [29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39];

    private readonly int[] _multiply = new int[16];
    private readonly int[] _rescale = new int[16];
    private int _octave;

    /// <summary>The quantisation parameter of chroma that belongs to one of luma (table 8-15, offset 0).</summary>
    public static int ChromaParameter(int luma) => luma < 30 ? luma : ChromaOfLuma[luma - 30];

    /// <summary>Sets the parameter, 0 to 51.</summary>
    public void Set(int parameter)
    {
        _octave = parameter / 6;
        for (var i = 0; i < 16; i++)
        {
            var (isOddX, isOddY) = ((i & 1) != 0, (i & 4) != 0);
            var kind =
                !isOddX && !isOddY ? 0
                : isOddX && isOddY ? 1
                : 2;
            _multiply[i] = Forward[parameter % 6][kind];
            _rescale[i] = Backward[parameter % 6][kind];
        }
    }

    /// <summary>Quantises a block of 4×4 in place from <paramref name="first"/> on; true where something is left. Inter blocks round down more.</summary>
    public bool Quantize(Span<int> block, int first, bool isInter)
    {
        var shift = 15 + _octave;
        var rounding = (1 << shift) / (isInter ? 6 : 3);
        var any = 0;
        for (var i = first; i < 16; i++)
        {
            any |= block[i] = Level(block[i], _multiply[i], rounding, shift);
        }
        return any != 0;
    }

    /// <summary>Quantises DC coefficients that went through a second transform; true where something is left.</summary>
    public bool QuantizeDc(Span<int> block, bool isInter)
    {
        var shift = 16 + _octave;
        var rounding = (1 << shift) / (isInter ? 6 : 3);
        var any = 0;
        foreach (ref var value in block)
        {
            any |= value = Level(value, _multiply[0], rounding, shift);
        }
        return any != 0;
    }

    /// <summary>Scales the levels of a block back, from <paramref name="first"/> on.</summary>
    public void Rescale(ReadOnlySpan<int> levels, Span<int> block, int first)
    {
        for (var i = first; i < 16; i++)
        {
            block[i] = levels[i] * _rescale[i] << _octave;
        }
    }

    /// <summary>Scales a luma DC level back, after its inverse transform (§8.5.10).</summary>
    public int RescaleLumaDc(int value)
    {
        var scaled = value * _rescale[0] * 16;
        return _octave >= 6 ? scaled << (_octave - 6) : (scaled + (1 << (5 - _octave))) >> (6 - _octave);
    }

    /// <summary>Scales a chroma DC level back, after its inverse transform (§8.5.11.2).</summary>
    public int RescaleChromaDc(int value) => (value * _rescale[0] * 16 << _octave) >> 5;

    private static int Level(int value, int multiply, int rounding, int shift)
    {
        var level = (int)Math.Min(((long)Math.Abs(value) * multiply + rounding) >> shift, MaxLevel);
        return value < 0 ? -level : level;
    }
}
