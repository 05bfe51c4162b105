// How long to wait before the next attempt.
namespace Mumu.Agent.Uplink;

/// <summary>Doubles from one second to sixty; each wait is shortened by up to half at random, so that devices do not come back to a restarted hub in step.</summary>
/// <param name="random">Where the jitter comes from.</param>
internal sealed class Backoff(Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private TimeSpan _next = First;

    /// <summary>The next wait.</summary>
    /// <param name="atLeast">For refusals that a quick retry can't mend.</param>
    public TimeSpan Next(TimeSpan atLeast = default)
    {
        var wait = _next > atLeast ? _next : atLeast;
        wait = wait > Longest ? Longest : wait;
        _next = wait * 2;
        return wait * (0.5 + random.NextDouble() / 2);
    }

    /// <summary>The last attempt held: begin from the shortest wait again.</summary>
    public void Reset() => _next = First;
}
