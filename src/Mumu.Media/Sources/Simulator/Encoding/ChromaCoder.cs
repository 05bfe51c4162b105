// The chroma half of a macroblock: predict, transform, write, reconstruct.
namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>Codes two times 8×8 chroma samples. Used in the order of its methods, once a macroblock; holds what they pass on.</summary>
internal sealed class ChromaCoder(Picture source, Picture reconstruction, ResidualWriter residual)
{
    private readonly Quantizer _quantizer = new();
    private readonly Component _blue = new(source.Blue, reconstruction.Blue, source.Columns * 2, source.Rows * 2);
    private readonly Component _red = new(source.Red, reconstruction.Red, source.Columns * 2, source.Rows * 2);
    private readonly int[] _scan = new int[16];

    /// <summary>0 nothing, 1 DC only, 2 all: the chroma part of coded_block_pattern.</summary>
    public int Coded { get; private set; }

    public void BeginPicture(int lumaParameter)
    {
        _quantizer.Set(Quantizer.ChromaParameter(lumaParameter));
        _blue.Counts.Clear();
        _red.Counts.Clear();
    }

    /// <summary>Predicts, transforms and quantises.</summary>
    public void Transform(int column, int row, bool isInter)
    {
        _blue.Transform(_quantizer, column * 8, row * 8, isInter);
        _red.Transform(_quantizer, column * 8, row * 8, isInter);
        Coded =
            (_blue.Filled | _red.Filled) != 0 ? 2
            : _blue.HasDc || _red.HasDc ? 1
            : 0;
    }

    /// <summary>Writes the residual.</summary>
    public void Write()
    {
        if (Coded > 0)
        {
            residual.Write(_blue.Dc, -1);
            residual.Write(_red.Dc, -1);
        }
        WriteBlocks(_blue);
        WriteBlocks(_red);
    }

    /// <summary>Makes the samples that the decoder will have.</summary>
    public void Reconstruct()
    {
        _blue.Reconstruct(_quantizer);
        _red.Reconstruct(_quantizer);
    }

    private void WriteBlocks(Component component)
    {
        for (var block = 0; block < 4; block++)
        {
            var (x, y) = (component.X / 4 + (block & 1), component.Y / 4 + (block >> 1));
            var count = 0;
            if (Coded == 2)
            {
                for (var i = 1; i < 16; i++)
                {
                    _scan[i - 1] = component.Levels[16 * block + ResidualWriter.ZigZag[i]];
                }
                count = residual.Write(_scan.AsSpan(0, 15), component.Counts.Context(x, y));
            }
            component.Counts.Set(x, y, count);
        }
    }

    /// <summary>One of the two components.</summary>
    private sealed class Component(Plane source, Plane decoded, int columns, int rows)
    {
        private readonly byte[] _predicted = new byte[64];

        public CoefficientCounts Counts { get; } = new(columns, rows);

        public int[] Levels { get; } = new int[64];

        public int[] Dc { get; } = new int[4];

        public int X { get; private set; }

        public int Y { get; private set; }

        public bool HasDc { get; private set; }

        /// <summary>One bit a block that has levels besides DC.</summary>
        public int Filled { get; private set; }

        public void Transform(Quantizer quantizer, int x, int y, bool isInter)
        {
            (X, Y, Filled) = (x, y, 0);
            Predict(isInter);
            for (var block = 0; block < 4; block++)
            {
                var levels = Levels.AsSpan(16 * block, 16);
                Subtract(4 * (block & 1), 4 * (block >> 1), levels);
                Transforms.Forward(levels);
                Dc[block] = levels[0];
                levels[0] = 0;
                Filled |= quantizer.Quantize(levels, 1, isInter) ? 1 << block : 0;
            }
            Transforms.ChromaDc(Dc);
            HasDc = quantizer.QuantizeDc(Dc, isInter);
        }

        public void Reconstruct(Quantizer quantizer)
        {
            Transforms.ChromaDc(Dc);
            Span<int> values = stackalloc int[16];
            for (var block = 0; block < 4; block++)
            {
                var (x, y) = (4 * (block & 1), 4 * (block >> 1));
                var predicted = _predicted.AsSpan(8 * y + x);
                var dc = quantizer.RescaleChromaDc(Dc[block]);
                if ((Filled & (1 << block)) != 0)
                {
                    quantizer.Rescale(Levels.AsSpan(16 * block, 16), values, 1);
                    values[0] = dc;
                    Transforms.Inverse(values);
                    BlockOutput.Add(values, predicted, 8, decoded, X + x, Y + y);
                }
                else
                {
                    BlockOutput.AddConstant((dc + 32) >> 6, predicted, 8, decoded, X + x, Y + y);
                }
            }
        }

        private void Predict(bool isInter)
        {
            if (isInter)
            {
                for (var y = 0; y < 8; y++)
                {
                    decoded.Row(X, Y + y, 8).CopyTo(_predicted.AsSpan(8 * y));
                }
                return;
            }
            for (var block = 0; block < 4; block++)
            {
                var (x, y) = (4 * (block & 1), 4 * (block >> 1));
                var mean = Mean(x, y);
                for (var i = 0; i < 4; i++)
                {
                    _predicted.AsSpan(8 * (y + i) + x, 4).Fill(mean);
                }
            }
        }

        /// <summary>DC prediction of one block (ITU-T H.264 §8.3.4.1): the corners away from the diagonal have a side they prefer.</summary>
        private byte Mean(int x, int y)
        {
            var (hasAbove, hasLeft) = (Y > 0, X > 0);
            if (hasAbove && hasLeft && x != y)
            {
                (hasAbove, hasLeft) = (x > 0, y > 0);
            }
            var above = hasAbove ? Neighbours.SumAbove(decoded, X + x, Y, 4) : 0;
            // Rows of the macroblock's own left edge, whichever column the block is in.
            var left = hasLeft ? Neighbours.SumLeft(decoded, X, Y + y, 4) : 0;
            return (hasAbove, hasLeft) switch
            {
                (true, true) => (byte)((above + left + 4) >> 3),
                (false, false) => 128,
                _ => (byte)((above + left + 2) >> 2),
            };
        }

        private void Subtract(int x, int y, Span<int> block)
        {
            for (var i = 0; i < 4; i++)
            {
                var wanted = source.Row(X + x, Y + y + i, 4);
                var predicted = _predicted.AsSpan(8 * (y + i) + x, 4);
                for (var j = 0; j < 4; j++)
                {
                    block[4 * i + j] = wanted[j] - predicted[j];
                }
            }
        }
    }
}
