// Metrics in Prometheus's text format, version 0.0.4.
using System.Globalization;
using System.Text;

namespace Mumu.Agent.Metrics;

/// <summary>Adds metrics of its own to a scrape; called at each, must not block.</summary>
/// <param name="text">Where to add.</param>
public delegate void MetricsContributor(MetricsText text);

/// <summary>Collects samples and writes them family by family, as the format wants it, in whatever order they came.</summary>
public sealed class MetricsText
{
    private readonly List<Family> _families = [];
    private readonly Dictionary<string, Family> _byName = new(StringComparer.Ordinal);

    /// <summary>Adds a value that may fall.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="help">What it is, in a sentence.</param>
    /// <param name="value">Its value.</param>
    /// <param name="labels">Its labels.</param>
    public void Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Add(name, help, "gauge", value, labels);

    /// <summary>Adds a value that only grows.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="help">What it is, in a sentence.</param>
    /// <param name="value">Its value.</param>
    /// <param name="labels">Its labels.</param>
    public void Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Add(name, help, "counter", value, labels);

    /// <summary>The text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var family in _families)
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(family.Help, quotes: false)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type).Append('\n').Append(family.Samples);
        }
        return text.ToString();
    }

    private void Add(string name, string help, string type, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (!_byName.TryGetValue(name, out var family))
        {
            _families.Add(_byName[name] = family = new Family(name, help, type));
        }
        var line = family.Samples.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            line.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value, quotes: true)).Append('"');
        }
        line.Append(labels.Length == 0 ? " " : "} ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    private sealed record Family(string Name, string Help, string Type)
    {
        public StringBuilder Samples { get; } = new();
    }
}
