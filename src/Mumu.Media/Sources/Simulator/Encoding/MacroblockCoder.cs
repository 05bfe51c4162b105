// Codes one macroblock after the other: what kind it is, its header, its halves.
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>Writes macroblocks (ITU-T H.264 §7.3.5): intra 16×16, inter 16×16 without motion, or skipped.</summary>
internal sealed class MacroblockCoder
{
    // coded_block_pattern by its number for inter macroblocks (table 9-4), chroma in bits 4 and 5.
    private static readonly byte[] InterPatterns =
    [
        0,
        16,
        1,
        2,
        4,
        8,
        32,
        3,
        5,
        10,
        12,
        15,
        47,
        7,
        11,
        13,
        14,
        6,
        9,
        31,
        35,
        37,
        42,
        44,
        33,
        34,
        36,
        40,
        39,
        43,
        45,
        46,
        17,
        18,
        20,
        24,
        19,
        21,
        26,
        28,
        23,
        27,
        29,
        30,
        22,
        25,
        38,
        41,
    ];

    private static readonly byte[] InterPatternNumbers =
    [
        .. Enumerable.Range(0, 48).Select(pattern => (byte)Array.IndexOf(InterPatterns, (byte)pattern)),
    ];

    private readonly BitWriter _bits;
    private readonly LumaCoder _luma;
    private readonly ChromaCoder _chroma;
    private bool _isIntraPicture;
    private uint _skipped;

    public MacroblockCoder(Picture source, Picture reconstruction, BitWriter bits)
    {
        _bits = bits;
        var residual = new ResidualWriter(bits);
        _luma = new LumaCoder(source, reconstruction, residual);
        _chroma = new ChromaCoder(source, reconstruction, residual);
    }

    /// <summary>Begins a picture with one quantisation parameter for all its macroblocks.</summary>
    public void BeginPicture(int parameter, bool isIntra)
    {
        _isIntraPicture = isIntra;
        _skipped = 0;
        _luma.BeginPicture(parameter);
        _chroma.BeginPicture(parameter);
    }

    /// <summary>Leaves macroblocks as they were in the last picture.</summary>
    public void Skip(int count) => _skipped += (uint)count;

    /// <summary>Codes a macroblock; an inter one without residual is skipped.</summary>
    public void Code(int column, int row)
    {
        _luma.Predict(column, row, mayBeInter: !_isIntraPicture);
        var isInter = _luma.Prediction == Prediction.Inter;
        _luma.Transform();
        _chroma.Transform(column, row, isInter);
        if (isInter && _luma.CodedQuarters == 0 && _chroma.Coded == 0)
        {
            Skip(1);
            return;
        }
        if (!_isIntraPicture)
        {
            WriteSkipped();
        }
        if (isInter)
        {
            WriteInterHeader();
        }
        else
        {
            WriteIntraHeader();
        }
        _luma.Write();
        _chroma.Write();
        _luma.Reconstruct();
        _chroma.Reconstruct();
    }

    /// <summary>Ends the picture.</summary>
    public void EndPicture()
    {
        if (_skipped > 0)
        {
            WriteSkipped();
        }
    }

    private void WriteSkipped()
    {
        _bits.Unsigned(_skipped); // mb_skip_run
        _skipped = 0;
    }

    private void WriteInterHeader()
    {
        _bits.Unsigned(0); // mb_type P_L0_16x16
        _bits.Signed(0); // mvd: all motion in all pictures is zero, so its prediction is as well
        _bits.Signed(0);
        _bits.Unsigned(InterPatternNumbers[_luma.CodedQuarters | _chroma.Coded << 4]);
        _bits.Signed(0); // mb_qp_delta
    }

    private void WriteIntraHeader()
    {
        var first = _isIntraPicture ? 1u : 6u; // In P slices intra types come after the five inter types.
        var coded = 4 * (uint)_chroma.Coded + (_luma.CodedQuarters != 0 ? 12u : 0u);
        _bits.Unsigned(first + (uint)_luma.Prediction + coded);
        _bits.Unsigned(0); // intra_chroma_pred_mode: mean
        _bits.Signed(0); // mb_qp_delta
    }
}
