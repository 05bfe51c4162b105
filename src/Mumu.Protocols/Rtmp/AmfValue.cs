// A value of the Action Message Format.
namespace Mumu.Protocols.Rtmp;

/// <summary>Kinds of values, as far as RTMP's commands need them.</summary>
public enum AmfKind
{
    /// <summary>Nothing, or a value that stands for nothing.</summary>
    Null,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Members by name.</summary>
    Object,

    /// <summary>Values in order.</summary>
    List,
}

/// <summary>A value; immutable.</summary>
public sealed class AmfValue
{
    private AmfValue(AmfKind kind) => Kind = kind;

    /// <summary>Null.</summary>
    public static AmfValue Null { get; } = new(AmfKind.Null);

    /// <summary>Its kind.</summary>
    public AmfKind Kind { get; }

    /// <summary>The number; 0 for other kinds.</summary>
    public double Number { get; private init; }

    /// <summary>The truth; false for other kinds.</summary>
    public bool Boolean { get; private init; }

    /// <summary>The text; empty for other kinds.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The members of an object, in order; those of a list have no names.</summary>
    public IReadOnlyList<(string Name, AmfValue Value)> Members { get; private init; } = [];

    /// <summary>A member by name; null where there is none.</summary>
    public AmfValue this[string name]
    {
        get
        {
            foreach (var (member, value) in Members)
            {
                if (member == name)
                {
                    return value;
                }
            }
            return Null;
        }
    }

    /// <summary>A number.</summary>
    public static AmfValue Of(double number) => new(AmfKind.Number) { Number = number };

    /// <summary>True or false.</summary>
    public static AmfValue Of(bool truth) => new(AmfKind.Boolean) { Boolean = truth };

    /// <summary>Text.</summary>
    public static AmfValue Of(string text) => new(AmfKind.Text) { Text = text };

    /// <summary>An object.</summary>
    public static AmfValue Of(params IReadOnlyList<(string Name, AmfValue Value)> members) => new(AmfKind.Object) { Members = members };

    /// <summary>A list.</summary>
    public static AmfValue OfList(IEnumerable<AmfValue> values) => new(AmfKind.List) { Members = [.. values.Select(v => ("", v))] };
}
