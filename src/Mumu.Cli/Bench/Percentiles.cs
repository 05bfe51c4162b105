// A distribution in four numbers.
namespace Mumu.Cli.Bench;

/// <summary>Nearest-rank percentiles of samples, in the samples' unit, rounded to two places.</summary>
internal sealed record Percentiles(int Samples, double P50, double P95, double Max)
{
    /// <summary>Of some samples; null of none.</summary>
    internal static Percentiles? Of(IEnumerable<double> samples)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length == 0 ? null : new Percentiles(sorted.Length, At(sorted, 0.5), At(sorted, 0.95), At(sorted, 1));
    }

    /// <inheritdoc />
    public override string ToString() => $"p50 {P50:0.0}, p95 {P95:0.0}, max {Max:0.0} ms ({Samples} samples)";

    private static double At(double[] sorted, double part) =>
        Math.Round(sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)], 2);
}
