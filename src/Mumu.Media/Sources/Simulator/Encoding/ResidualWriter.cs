// Writes blocks of coefficients with context-adaptive variable-length codes (ITU-T H.264 §7.3.5.3.2, §9.2).
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>The CAVLC residual coder.</summary>
internal sealed class ResidualWriter(BitWriter bits)
{
    private readonly int[] _levels = new int[16];
    private readonly int[] _runs = new int[16];

    /// <summary>Positions of a 4×4 block in the order they are written.</summary>
    public static ReadOnlySpan<byte> ZigZag => [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

    /// <summary>
    /// Writes one block, its levels in zig-zag order (16, 15 without DC, or 4 of chroma DC), and returns how many are not zero.
    /// <paramref name="context"/> is what the neighbours have, or -1 for chroma DC.
    /// </summary>
    public int Write(ReadOnlySpan<int> block, int context)
    {
        var (count, end) = Collect(block);
        var ones = TrailingOnes(count);
        var tokens = context switch
        {
            < 0 => CavlcTables.ChromaDc,
            < 2 => 0,
            < 4 => 1,
            < 8 => 2,
            _ => 3,
        };
        Put(CavlcTables.CoefficientToken[tokens][4 * count + ones]);
        if (count > 0)
        {
            WriteLevels(count, ones);
            WriteRuns(count, end, block.Length);
        }
        return count;
    }

    private void Put(CodeWord word) => bits.Bits(word.Bits, word.Length);

    /// <summary>Gathers the levels that are not zero, each with the zeros before it, and where the last one ends.</summary>
    private (int Count, int End) Collect(ReadOnlySpan<int> block)
    {
        var (count, run, end) = (0, 0, 0);
        for (var i = 0; i < block.Length; i++)
        {
            if (block[i] == 0)
            {
                run++;
                continue;
            }
            _levels[count] = block[i];
            _runs[count++] = run;
            run = 0;
            end = i + 1;
        }
        return (count, end);
    }

    private int TrailingOnes(int count)
    {
        var ones = 0;
        while (ones < 3 && ones < count && _levels[count - 1 - ones] is 1 or -1)
        {
            ones++;
        }
        return ones;
    }

    private void WriteLevels(int count, int ones)
    {
        for (var i = 1; i <= ones; i++)
        {
            bits.Flag(_levels[count - i] < 0);
        }
        var suffix = count > 10 && ones < 3 ? 1 : 0;
        for (var i = count - 1 - ones; i >= 0; i--)
        {
            var level = _levels[i];
            var code = level > 0 ? 2 * level - 2 : -2 * level - 1;
            if (ones < 3 && i == count - 1 - ones)
            {
                code -= 2; // It can't be a one, or it would be among the trailing ones.
            }
            WriteLevel(code, suffix);
            suffix = Math.Max(suffix, 1);
            if (Math.Abs(level) > 3 << (suffix - 1) && suffix < 6)
            {
                suffix++;
            }
        }
    }

    /// <summary>A prefix of zeros and a one, then a suffix; two escapes for what is larger.</summary>
    private void WriteLevel(int code, int suffix)
    {
        if (suffix == 0 && code < 14)
        {
            bits.Bits(1, code + 1);
        }
        else if (suffix == 0 && code < 30)
        {
            bits.Bits(1, 15);
            bits.Bits((uint)(code - 14), 4);
        }
        else if (suffix > 0 && code < 15 << suffix)
        {
            bits.Bits(1, (code >> suffix) + 1);
            bits.Bits((uint)code & ((1u << suffix) - 1), suffix);
        }
        else
        {
            bits.Bits(1, 16);
            bits.Bits((uint)(code - (suffix == 0 ? 30 : 15 << suffix)), 12);
        }
    }

    private void WriteRuns(int count, int end, int length)
    {
        var zeros = end - count;
        if (count < length)
        {
            var table = length == 4 ? CavlcTables.TotalZerosChromaDc : CavlcTables.TotalZeros;
            Put(table[count - 1][zeros]);
        }
        for (var i = count - 1; i > 0 && zeros > 0; i--)
        {
            Put(CavlcTables.RunBefore[Math.Min(zeros, 7) - 1][_runs[i]]);
            zeros -= _runs[i];
        }
    }
}
