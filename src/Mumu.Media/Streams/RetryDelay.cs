// How long to wait before a failed source is tried again.
namespace Mumu.Media.Streams;

/// <summary>Exponential back-off with jitter: each wait doubles up to a limit, and is spread by a fifth either way, so that cameras that failed together don't return together.</summary>
internal sealed class RetryDelay(TimeSpan first, TimeSpan last, Random random)
{
    private const double Spread = 0.2;
    private int _failures;

    /// <summary>Begins again at the first wait.</summary>
    public void Reset() => _failures = 0;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var exact = first * Math.Pow(2, Math.Min(_failures++, 30));
        var bounded = exact < last ? exact : last;
        return bounded * (1 - Spread + 2 * Spread * random.NextDouble());
    }
}
