// Edits of single members in text with comments, at random.
using System.Text;
using System.Text.Json;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Tests.Settings;

public sealed class JsonMembersTests
{
    private static readonly string[] Gaps = ["", " ", "\n  ", " // c,}\n", "/* \"x\": 1, } */", "\t\r\n"];

    [Fact]
    public void Whatever_the_text_looks_like_an_edit_changes_one_member_only()
    {
        var random = new Random(11);
        string Gap() => Gaps[random.Next(Gaps.Length)];
        for (var round = 0; round < 3000; round++)
        {
            var expected = new Dictionary<string, int>();
            var text = new StringBuilder(Gap()).Append('{').Append(Gap());
            var count = random.Next(4);
            for (var i = 0; i < count; i++)
            {
                expected[$"m{i}"] = i;
                text.Append($"\"m{i}\" :").Append(Gap()).Append(i).Append(Gap());
                text.Append(i < count - 1 || random.Next(2) == 0 ? "," : "").Append(Gap());
            }
            var bytes = Encoding.UTF8.GetBytes(text.Append('}').Append(Gap()).ToString());
            for (var edit = 0; edit < 4; edit++)
            {
                var name = $"m{random.Next(5)}";
                var comments = Comments(bytes);
                if (random.Next(2) == 0)
                {
                    expected[name] = 1000 + edit;
                    bytes = new JsonMembers(bytes).Set(name, $"{1000 + edit}", 2);
                }
                else
                {
                    expected.Remove(name);
                    bytes = new JsonMembers(bytes).Remove(name);
                }
                Assert.Equal(expected, Read(bytes));
                Assert.True(Comments(bytes) >= comments - 2, "At most comments within the member go with it.");
            }
        }
    }

    private static Dictionary<string, int> Read(byte[] text) =>
        JsonDocument
            .Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })
            .RootElement.EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetInt32());

    private static int Comments(byte[] text)
    {
        var reader = new Utf8JsonReader(
            text,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Allow, AllowTrailingCommas = true }
        );
        var count = 0;
        while (reader.Read())
        {
            count += reader.TokenType == JsonTokenType.Comment ? 1 : 0;
        }
        return count;
    }
}
