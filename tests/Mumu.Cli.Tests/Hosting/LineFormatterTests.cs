// What strangers can write into the log.
using Mumu.Cli.Hosting;

namespace Mumu.Cli.Tests.Hosting;

public sealed class LineFormatterTests
{
    [Theory]
    [InlineData("Front door \u2013 \u65e5\u672c \ud83d\ude00", "Front door \u2013 \u65e5\u672c \ud83d\ude00")]
    [InlineData("a\u001b[2Jb", "a\ufffd[2Jb")]
    [InlineData("a\r\n18:00:00.000 HubUplink: b", "a\ufffd\ufffd18:00:00.000 HubUplink: b")]
    [InlineData("a\u202eb\u2028c\u009bd", "a\ufffdb\ufffdc\ufffdd")]
    public void Text_of_strangers_can_neither_steer_the_terminal_nor_begin_a_line(string text, string shown) =>
        Assert.Equal(shown, LineFormatter.Plain(text));
}
