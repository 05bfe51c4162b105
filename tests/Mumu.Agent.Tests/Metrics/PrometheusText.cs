// A strict reader of Prometheus's text format 0.0.4: what it takes, every scraper takes.
using System.Globalization;
using System.Text.RegularExpressions;

namespace Mumu.Agent.Tests.Metrics;

internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

internal static partial class PrometheusText
{
    public static IReadOnlyList<Sample> Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var samples = new List<Sample>();
        var types = new Dictionary<string, string>();
        var helps = new HashSet<string>();
        var done = new HashSet<string>();
        var series = new HashSet<string>();
        string? current = null;
        foreach (var line in text[..^1].Split('\n'))
        {
            var comment = Comment().Match(line);
            if (comment.Success)
            {
                var name = comment.Groups["name"].Value;
                if (name != current)
                {
                    Assert.True(done.Add(name), $"The family {name} is there twice: {line}");
                    current = name;
                }
                var isNew = comment.Groups["kind"].Value == "HELP" ? helps.Add(name) : types.TryAdd(name, comment.Groups["rest"].Value);
                Assert.True(isNew, line);
                Assert.True(
                    comment.Groups["kind"].Value == "HELP" || comment.Groups["rest"].Value is "gauge" or "counter" or "histogram",
                    line
                );
                continue;
            }
            var match = Line().Match(line);
            Assert.True(match.Success, $"This is no sample: {line}");
            var sample = match.Groups["name"].Value;
            var family = types.GetValueOrDefault(current ?? "") == "histogram" ? SuffixOf().Replace(sample, "") : sample;
            Assert.True(family == current && types.ContainsKey(family) && helps.Contains(family), $"Outside its family: {line}");
            var labels = new Dictionary<string, string>();
            foreach (Match label in Label().Matches(match.Groups["labels"].Value))
            {
                Assert.True(labels.TryAdd(label.Groups["name"].Value, Unescape(label.Groups["value"].Value)), line);
            }
            Assert.True(series.Add($"{sample}{{{string.Join(',', labels.OrderBy(l => l.Key))}}}"), $"Twice: {line}");
            samples.Add(
                new Sample(sample, labels, double.Parse(match.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture))
            );
        }
        return samples;
    }

    private static string Unescape(string text) =>
        text.Replace("\\n", "\n", StringComparison.Ordinal)
            .Replace("\\\"", "\"", StringComparison.Ordinal)
            .Replace("\\\\", "\\", StringComparison.Ordinal);

    [GeneratedRegex("^# (?<kind>HELP|TYPE) (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<rest>.+)$")]
    private static partial Regex Comment();

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*")(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*")*)\})? (?<value>-?[0-9.]+(E[+-]?[0-9]+)?|NaN|[+-]Inf)$"""
    )]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\]|\\["\\n])*)" ?""")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex SuffixOf();
}
