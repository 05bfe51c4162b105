// The parameters of a format: "fmtp".
using System.Globalization;

namespace Mumu.Protocols.Sdp;

/// <summary>Parameters of one payload type (RFC 8866 §6.15); names are compared without case.</summary>
public sealed class FormatParameters
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>No parameters.</summary>
    public static FormatParameters Empty { get; } = new();

    /// <summary>Value of a parameter, or null; the empty string for one without value.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Names and values.</summary>
    public IReadOnlyDictionary<string, string> All => _values;

    /// <summary>Value of a parameter that is a non-negative number, or <paramref name="otherwise"/>.</summary>
    public int Number(string name, int otherwise) =>
        int.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    /// <summary>Reads "name=value; name=value". The first of a name counts.</summary>
    public static FormatParameters Parse(ReadOnlySpan<char> text)
    {
        var parameters = new FormatParameters();
        foreach (var range in text.Split(';'))
        {
            var part = text[range].Trim();
            var equals = part.IndexOf('=');
            var name = equals < 0 ? part : part[..equals].TrimEnd();
            if (!name.IsEmpty)
            {
                parameters._values.TryAdd(name.ToString(), equals < 0 ? "" : part[(equals + 1)..].Trim().Trim('"').ToString());
            }
        }
        return parameters;
    }
}
