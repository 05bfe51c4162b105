// One parser or core under attack: what it is fed with, and how.
namespace Mumu.Fuzz;

/// <summary>Feeds one input to the code under test. Whatever it throws is a fault.</summary>
internal delegate void Feed(ReadOnlySpan<byte> input);

/// <summary>A parser to be fed. Cores with state are made anew for each input, so that any input can be replayed alone.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Corpus">Honest inputs that are mutated; at least one.</param>
/// <param name="Run">Feeds one input.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Corpus, Feed Run)
{
    /// <summary>Words of the format, which a mutation writes anywhere.</summary>
    public IReadOnlyList<byte[]> Words { get; init; } = [];

    /// <summary>Bytes that may be allocated for each byte of input. Servers that answer each short request make more of it than a parser.</summary>
    public int Factor { get; init; } = 10;

    /// <summary>Bytes that may be allocated for an input of any size, beside what an empty one costs and <see cref="Factor"/> times its length.</summary>
    public int Room { get; init; } = 16 * 1024;
}
