// Compares the text of mumu.json with the shape of the records, so that a mistake is told by its line and in words.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Mumu.Agent.Settings;

/// <summary>Walks the tokens once: refuses unknown and repeated names and values of the wrong kind, and remembers on which line each value stands.</summary>
internal ref struct SettingsShape(ReadOnlySpan<byte> text, string place)
{
    private const int MaxDepth = 16;
    private readonly ReadOnlySpan<byte> _text = text;
    private Utf8JsonReader _reader = new(
        text,
        new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = MaxDepth,
        }
    );
    private readonly Dictionary<string, int> _lines = [];

    /// <summary>Checks the whole text.</summary>
    /// <returns>The line of each value by its path, for example <c>cameras.front.url</c>.</returns>
    /// <exception cref="SettingsException">The first mistake.</exception>
    public Dictionary<string, int> Check(JsonTypeInfo root)
    {
        try
        {
            _reader.Read();
            Value("", root);
            while (_reader.Read()) { }
        }
        catch (JsonException e)
        {
            throw new SettingsException(place, (int)(e.LineNumber ?? 0) + 1, Plain(e));
        }
        catch (InvalidOperationException)
        {
            throw Refuse("This is not valid text: it is not UTF-8, or has half a character as \\u….");
        }
        return _lines;
    }

    private void Value(string path, JsonTypeInfo type)
    {
        _lines.TryAdd(path, Line());
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return; // null is "not set" everywhere
        }
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                Members(path, type, element: null);
                break;
            case JsonTypeInfoKind.Dictionary:
                Members(path, type, type.Options.GetTypeInfo(type.ElementType!));
                break;
            case JsonTypeInfoKind.Enumerable:
                Elements(path, type.Options.GetTypeInfo(type.ElementType!));
                break;
            default:
                Scalar(path, type.Type);
                break;
        }
    }

    private void Members(string path, JsonTypeInfo type, JsonTypeInfo? element)
    {
        Expect(JsonTokenType.StartObject, path, "a group of settings in { }");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var name = _reader.GetString()!;
            var child = path.Length == 0 ? name : $"{path}.{name}";
            if (!seen.Add(name))
            {
                throw Refuse($"“{child}” is there twice.");
            }
            var member = element ?? Known(type, name, path);
            _reader.Read();
            Value(child, member);
        }
    }

    private readonly JsonTypeInfo Known(JsonTypeInfo type, string name, string path)
    {
        foreach (var property in type.Properties)
        {
            if (property.Name == name)
            {
                return type.Options.GetTypeInfo(property.PropertyType);
            }
        }
        var known = string.Join(", ", type.Properties.Select(p => p.Name).Where(n => n[0] != '$'));
        throw Refuse($"There is no setting “{name}”{(path.Length == 0 ? "" : $" in “{path}”")}. Known here: {known}.");
    }

    private void Elements(string path, JsonTypeInfo element)
    {
        Expect(JsonTokenType.StartArray, path, "a list in [ ]");
        for (var i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++)
        {
            Value($"{path}[{i}]", element);
        }
    }

    private readonly void Scalar(string path, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            Expect(JsonTokenType.String, path, "a word in quotes");
            var words = EnumWords.Of(type);
            if (!words.Contains(_reader.GetString()!))
            {
                throw Refuse($"“{path}” is one of: {string.Join(", ", words)}.");
            }
        }
        else if (type == typeof(string))
        {
            Expect(JsonTokenType.String, path, "a text in quotes");
        }
        else if (type == typeof(bool))
        {
            if (_reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            {
                throw Refuse($"“{path}” is true or false.");
            }
        }
        else
        {
            Expect(JsonTokenType.Number, path, "a whole number");
            if (!_reader.TryGetInt32(out _))
            {
                throw Refuse($"“{path}” is a whole number.");
            }
        }
    }

    private readonly void Expect(JsonTokenType token, string path, string what)
    {
        if (_reader.TokenType != token)
        {
            throw Refuse(path.Length == 0 ? $"The file is {what}." : $"“{path}” is {what}.");
        }
    }

    private readonly SettingsException Refuse(string reason) => new(place, Line(), reason);

    private readonly int Line() => _text[..(int)_reader.TokenStartIndex].Count((byte)'\n') + 1;

    // The framework's sentence ends in "LineNumber: … | BytePositionInLine: …", which people need not see.
    private static string Plain(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return "This is not valid JSON: " + (end < 0 ? e.Message : e.Message[..end]);
    }
}
