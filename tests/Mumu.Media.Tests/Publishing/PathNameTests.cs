// Names of paths: what passes, what does not, in plain and encoded form.
using Mumu.Media.Publishing;

namespace Mumu.Media.Tests.Publishing;

public sealed class PathNameTests
{
    [Theory]
    [InlineData("front")]
    [InlineData("garden/north_1/main.stream~2")]
    [InlineData("whep")]
    [InlineData("a.b")]
    public void Names_of_letters_digits_and_segments_pass(string text)
    {
        Assert.True(PathName.TryParse(text, out var name));
        Assert.Equal(text, name.Value);
        Assert.True(PathName.TryDecode(text, out var decoded));
        Assert.Equal(name, decoded);
        Assert.True(PathName.TryDecode(string.Concat(text.Select(c => c == '/' ? "/" : $"%{(int)c:x2}")), out decoded));
        Assert.Equal(name, decoded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a..b")]
    [InlineData("a/./b")]
    [InlineData("a\0")]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("ä")]
    [InlineData("a?b")]
    [InlineData("a%62")]
    [InlineData("front/whep")]
    [InlineData("front/whip/x")]
    public void Everything_else_is_refused(string text)
    {
        Assert.False(PathName.TryParse(text, out _));
    }

    [Theory]
    [InlineData("%2e%2e")]
    [InlineData("a/%2E%2e/b")]
    [InlineData("%252e%252e")]
    [InlineData("a%00")]
    [InlineData("a%2fb")]
    [InlineData("a%")]
    [InlineData("a%2")]
    [InlineData("a%zz")]
    [InlineData("%c3%a4")]
    public void Encoding_hides_nothing(string text)
    {
        Assert.False(PathName.TryDecode(text, out _));
    }

    [Fact]
    public void The_length_is_limited()
    {
        Assert.True(PathName.TryParse(new string('x', PathName.MaxLength), out _));
        Assert.False(PathName.TryParse(new string('x', PathName.MaxLength + 1), out _));
        Assert.False(PathName.TryDecode(new string('%', 100_000), out _));
    }
}
