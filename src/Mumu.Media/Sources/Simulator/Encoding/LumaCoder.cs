// The luma half of a macroblock: predict, transform, write, reconstruct.
namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>Codes 16×16 luma samples. Used in the order of its methods, once a macroblock; holds what they pass on.</summary>
internal sealed class LumaCoder(Picture source, Picture reconstruction, ResidualWriter residual)
{
    /// <summary>Inter is taken unless intra is better by more than this sum of differences: it has fewer bits besides.</summary>
    private const int InterAdvantage = 64;

    private readonly Plane _source = source.Luma;
    private readonly Plane _decoded = reconstruction.Luma;
    private readonly Quantizer _quantizer = new();
    private readonly CoefficientCounts _counts = new(source.Columns * 4, source.Rows * 4);
    private readonly byte[] _predicted = new byte[256];
    private readonly byte[] _candidate = new byte[256];
    private readonly int[] _levels = new int[256]; // Sixteen blocks in coding order, each row by row.
    private readonly int[] _dc = new int[16]; // Row by row.
    private readonly int[] _scan = new int[16];
    private int _x;
    private int _y;
    private int _filled; // One bit a block that has levels of its own.

    /// <summary>The prediction of this macroblock.</summary>
    public Prediction Prediction { get; private set; }

    /// <summary>Four bits: which quarters have levels. For intra all or none.</summary>
    public int CodedQuarters { get; private set; }

    private static ReadOnlySpan<byte> BlockX => [0, 4, 0, 4, 8, 12, 8, 12, 0, 4, 0, 4, 8, 12, 8, 12];

    private static ReadOnlySpan<byte> BlockY => [0, 0, 4, 4, 0, 0, 4, 4, 8, 8, 12, 12, 8, 8, 12, 12];

    public void BeginPicture(int parameter)
    {
        _quantizer.Set(parameter);
        _counts.Clear();
    }

    /// <summary>Chooses the prediction with the least sum of differences.</summary>
    public void Predict(int column, int row, bool mayBeInter)
    {
        (_x, _y) = (column * 16, row * 16);
        Prediction = Prediction.Mean;
        Intra16.Mean(_decoded, _x, _y, _predicted);
        var least = Difference(_predicted);
        if (row > 0)
        {
            Intra16.Vertical(_decoded, _x, _y, _candidate);
            least = Consider(Prediction.Vertical, least);
        }
        if (column > 0)
        {
            Intra16.Horizontal(_decoded, _x, _y, _candidate);
            least = Consider(Prediction.Horizontal, least);
        }
        if (mayBeInter)
        {
            for (var y = 0; y < 16; y++)
            {
                _decoded.Row(_x, _y + y, 16).CopyTo(_candidate.AsSpan(16 * y));
            }
            Consider(Prediction.Inter, least + InterAdvantage + 1);
        }
    }

    /// <summary>Transforms and quantises what prediction left.</summary>
    public void Transform()
    {
        var isInter = Prediction == Prediction.Inter;
        (_filled, CodedQuarters) = (0, 0);
        for (var block = 0; block < 16; block++)
        {
            var levels = _levels.AsSpan(16 * block, 16);
            Subtract(BlockX[block], BlockY[block], levels);
            Transforms.Forward(levels);
            if (!isInter)
            {
                _dc[BlockY[block] + BlockX[block] / 4] = levels[0];
                levels[0] = 0;
            }
            if (_quantizer.Quantize(levels, isInter ? 0 : 1, isInter))
            {
                _filled |= 1 << block;
                CodedQuarters |= 1 << (block / 4);
            }
        }
        if (!isInter)
        {
            CodedQuarters = CodedQuarters != 0 ? 15 : 0;
            Transforms.LumaDc(_dc);
            foreach (ref var value in _dc.AsSpan())
            {
                value = (value + (value >= 0 ? 1 : 0)) >> 1;
            }
            _quantizer.QuantizeDc(_dc, isInter: false);
        }
    }

    /// <summary>Writes the residual.</summary>
    public void Write()
    {
        var isInter = Prediction == Prediction.Inter;
        if (!isInter)
        {
            WriteDc();
        }
        var first = isInter ? 0 : 1;
        for (var block = 0; block < 16; block++)
        {
            var (x, y) = ((_x + BlockX[block]) / 4, (_y + BlockY[block]) / 4);
            var count = 0;
            if ((CodedQuarters & (1 << (block / 4))) != 0)
            {
                for (var i = first; i < 16; i++)
                {
                    _scan[i - first] = _levels[16 * block + ResidualWriter.ZigZag[i]];
                }
                count = residual.Write(_scan.AsSpan(0, 16 - first), _counts.Context(x, y));
            }
            _counts.Set(x, y, count);
        }
    }

    /// <summary>Makes the samples that the decoder will have.</summary>
    public void Reconstruct()
    {
        var isInter = Prediction == Prediction.Inter;
        if (!isInter)
        {
            Transforms.LumaDc(_dc);
        }
        Span<int> values = stackalloc int[16];
        for (var block = 0; block < 16; block++)
        {
            var (x, y) = (BlockX[block], BlockY[block]);
            var dc = isInter ? 0 : _quantizer.RescaleLumaDc(_dc[y + x / 4]);
            var predicted = _predicted.AsSpan(16 * y + x);
            if ((_filled & (1 << block)) != 0)
            {
                _quantizer.Rescale(_levels.AsSpan(16 * block, 16), values, 0);
                values[0] += dc;
                Transforms.Inverse(values);
                BlockOutput.Add(values, predicted, 16, _decoded, _x + x, _y + y);
            }
            else
            {
                BlockOutput.AddConstant((dc + 32) >> 6, predicted, 16, _decoded, _x + x, _y + y);
            }
        }
    }

    private void WriteDc()
    {
        for (var i = 0; i < 16; i++)
        {
            _scan[i] = _dc[ResidualWriter.ZigZag[i]];
        }
        residual.Write(_scan, _counts.Context(_x / 4, _y / 4));
    }

    private int Consider(Prediction prediction, int least)
    {
        var difference = Difference(_candidate);
        if (difference >= least)
        {
            return least;
        }
        _candidate.CopyTo(_predicted, 0);
        Prediction = prediction;
        return difference;
    }

    /// <summary>Sum of absolute differences between the source and a prediction.</summary>
    private int Difference(byte[] predicted)
    {
        var sum = 0;
        for (var y = 0; y < 16; y++)
        {
            sum += BlockOutput.Difference16(_source.Row(_x, _y + y, 16), predicted.AsSpan(16 * y, 16));
        }
        return sum;
    }

    private void Subtract(int x, int y, Span<int> block)
    {
        for (var i = 0; i < 4; i++)
        {
            var wanted = _source.Row(_x + x, _y + y + i, 4);
            var predicted = _predicted.AsSpan(16 * (y + i) + x, 4);
            for (var j = 0; j < 4; j++)
            {
                block[4 * i + j] = wanted[j] - predicted[j];
            }
        }
    }
}
