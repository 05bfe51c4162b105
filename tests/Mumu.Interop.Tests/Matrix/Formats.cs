// What is sent through the matrix: a codec for the picture, one for the sound.
namespace Mumu.Interop.Tests.Matrix;

/// <summary>The pairs that protocols are tried with; the names are those of the files.</summary>
public enum Formats
{
    H264Aac,
    H264Opus,
    H265Aac,
}
