// Where the members of one JSON object stand in a text with comments, so that one can be changed and every other byte stays.
using System.Text;
using System.Text.Json;

namespace Mumu.Agent.Settings;

/// <summary>One member's place: byte offsets into the text.</summary>
internal readonly record struct JsonMember(string Name, int NameStart, int ValueStart, int ValueEnd);

/// <summary>The members of an object and the edits that touch only them. Each edit gives a new text.</summary>
internal sealed class JsonMembers
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private readonly byte[] _text;
    private readonly int _open;
    private readonly List<JsonMember> _members = [];

    /// <summary>Reads the object that begins at or after <paramref name="start"/>; the text must be valid.</summary>
    public JsonMembers(byte[] text, int start = 0)
    {
        _text = text;
        // A byte order mark would be a token to the reader.
        start += start == 0 && text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(text.AsSpan(start), Options);
        reader.Read();
        _open = start + (int)reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var nameStart = start + (int)reader.TokenStartIndex;
            reader.Read();
            var valueStart = start + (int)reader.TokenStartIndex;
            reader.Skip();
            _members.Add(new JsonMember(name, nameStart, valueStart, start + (int)reader.BytesConsumed));
        }
    }

    /// <summary>Finds a member by name.</summary>
    public JsonMember? Find(string name)
    {
        foreach (var member in _members)
        {
            if (member.Name == name)
            {
                return member;
            }
        }
        return null;
    }

    /// <summary>Replaces the value of a member, or adds the member behind the last one.</summary>
    /// <param name="name">The member.</param>
    /// <param name="value">JSON; its lines after the first are indented here.</param>
    /// <param name="indent">Spaces in front of the member.</param>
    public byte[] Set(string name, string value, int indent)
    {
        var pad = new string(' ', indent);
        value = value.ReplaceLineEndings("\n" + pad);
        if (Find(name) is { } member)
        {
            return Splice(member.ValueStart, member.ValueEnd, value);
        }
        var line = $"\n{pad}\"{JsonEncodedText.Encode(name)}\": {value}";
        if (_members.Count > 0)
        {
            return Splice(_members[^1].ValueEnd, _members[^1].ValueEnd, "," + line);
        }
        var rest = _text.AsSpan(_open + 1).TrimStart(" \t"u8);
        var close = rest is [(byte)'}', ..] ? "\n" + new string(' ', Math.Max(0, indent - 2)) : "";
        return Splice(_open + 1, _open + 1, line + close);
    }

    /// <summary>Removes a member and the comma behind it; comments stay.</summary>
    public byte[] Remove(string name)
    {
        if (Find(name) is not { } member)
        {
            return _text;
        }
        var (start, end) = (member.NameStart, member.ValueEnd);
        var comma = NextToken(end);
        var text = _text;
        if (comma < text.Length && text[comma] == ',')
        {
            text = [.. text.AsSpan(0, comma), .. text.AsSpan(comma + 1)];
        }
        // A line that held nothing else goes with it.
        var lineStart = text.AsSpan(0, start).TrimEnd(" \t"u8).Length;
        var lineEnd = text.Length - text.AsSpan(end).TrimStart(" \t\r"u8).Length;
        if (lineStart > 0 && text[lineStart - 1] == '\n' && lineEnd < text.Length && text[lineEnd] == '\n')
        {
            (start, end) = (lineStart - 1, lineEnd);
        }
        return [.. text.AsSpan(0, start), .. text.AsSpan(end)];
    }

    private byte[] Splice(int start, int end, string middle) =>
        [.. _text.AsSpan(0, start), .. Encoding.UTF8.GetBytes(middle), .. _text.AsSpan(end)];

    // Skips white space and comments.
    private int NextToken(int at)
    {
        while (at < _text.Length)
        {
            var rest = _text.AsSpan(at);
            if (rest[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                at++;
            }
            else if (rest.StartsWith("//"u8))
            {
                var end = rest.IndexOf((byte)'\n');
                at += end < 0 ? rest.Length : end;
            }
            else if (rest.StartsWith("/*"u8))
            {
                var end = rest.IndexOf("*/"u8);
                at += end < 0 ? rest.Length : end + 2;
            }
            else
            {
                break;
            }
        }
        return at;
    }
}
