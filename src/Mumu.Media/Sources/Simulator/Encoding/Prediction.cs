// From what a macroblock is predicted.
namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>The predictions this encoder knows; the first three are Intra16x16PredMode (ITU-T H.264 table 8-4).</summary>
internal enum Prediction
{
    /// <summary>The row above, down.</summary>
    Vertical = 0,

    /// <summary>The column to the left, across.</summary>
    Horizontal = 1,

    /// <summary>The mean of both.</summary>
    Mean = 2,

    /// <summary>The same place in the last picture.</summary>
    Inter,
}
