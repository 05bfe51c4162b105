// What strangers can write into the log.
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
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

    [Fact]
    public void As_json_an_event_is_one_line_with_its_values_by_name()
    {
        using var output = new StringWriter();
        var style = new LogStyle();
        var formatter = new LineFormatter(style);
        KeyValuePair<string, object?>[] state = [new("Path", "a\r\n\"b\u2028"), new("Count", 7), new("{OriginalFormat}", "x")];
        void Write() =>
            formatter.Write(
                new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
                    LogLevel.Warning,
                    "Mumu.Agent.X",
                    default,
                    state,
                    new InvalidOperationException("no"),
                    (_, _) => "Path a\r\nb."
                ),
                null,
                output
            );
        style.IsJson = true;
        Write();
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var line = JsonDocument.Parse(Assert.Single(lines));
        var root = line.RootElement;
        Assert.Equal(
            ("warning", "Mumu.Agent.X", "Path a\r\nb."),
            (root.GetProperty("level").GetString(), root.GetProperty("category").GetString(), root.GetProperty("message").GetString())
        );
        Assert.Equal(
            ("a\r\n\"b\u2028", 7),
            (root.GetProperty("fields").GetProperty("Path").GetString(), root.GetProperty("fields").GetProperty("Count").GetInt32())
        );
        Assert.Contains("InvalidOperationException: no", root.GetProperty("exception").GetString(), StringComparison.Ordinal);
        style.IsJson = false;
        Write();
        Assert.Contains("warning X: Path a\ufffd\ufffdb.", output.ToString(), StringComparison.Ordinal);
    }
}
