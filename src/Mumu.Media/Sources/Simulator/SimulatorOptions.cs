// How the simulated camera is set.
namespace Mumu.Media.Sources.Simulator;

/// <summary>The settings of a simulator.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Width in pixels, even, 256 to 4096.</summary>
    public int Width { get; init; } = 1280;

    /// <summary>Height in pixels, even, 144 to 2304.</summary>
    public int Height { get; init; } = 720;

    /// <summary>Frames a second, 1 to 120.</summary>
    public int Fps { get; init; } = 30;

    /// <summary>
    /// Kilobits a second, reached by a band of noise; 0 for none. The picture alone takes about 500 at 1280×720 and 30 a second, and the band can take it to about 30,000.
    /// </summary>
    public int Kbps { get; init; } = 1500;

    /// <summary>Seconds from key frame to key frame, 0.1 to 60.</summary>
    public double GroupSeconds { get; init; } = 2;

    /// <summary>Quantisation parameter of all pictures, 4 (fine) to 51 (coarse).</summary>
    public int Quantizer { get; init; } = 26;

    /// <summary>Is told of each frame: for a ledger that shows that nothing was lost.</summary>
    public SimulatedFrameHandler? FrameMade { get; init; }

    /// <summary>Throws where a setting is out of its range.</summary>
    /// <exception cref="ArgumentException">Says which and why.</exception>
    public void Validate()
    {
        Require(
            Width is >= 256 and <= 4096 && Width % 2 == 0,
            $"The simulator's width must be even and between 256 and 4096, not {Width}."
        );
        Require(
            Height is >= 144 and <= 2304 && Height % 2 == 0,
            $"The simulator's height must be even and between 144 and 2304, not {Height}."
        );
        Require(Fps is >= 1 and <= 120, $"The simulator's rate must be between 1 and 120 frames a second, not {Fps}.");
        Require(Kbps is >= 0 and <= 100_000, $"The simulator's bit rate must be between 0 and 100000 kilobits a second, not {Kbps}.");
        Require(GroupSeconds is >= 0.1 and <= 60, $"The simulator's key frames must be 0.1 to 60 seconds apart, not {GroupSeconds}.");
        Require(Quantizer is >= 4 and <= 51, $"The simulator's quantizer must be between 4 and 51, not {Quantizer}.");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
