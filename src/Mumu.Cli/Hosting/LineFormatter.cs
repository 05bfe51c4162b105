// One line an event: time, level where it is not plain news, who, what.
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Mumu.Cli.Hosting;

/// <summary>Writes <c>18:03:04.408 warning CameraRegistry: …</c>; an exception follows on lines of its own. Or JSON, where the settings want it.</summary>
internal sealed class LineFormatter(LogStyle style) : ConsoleFormatter(FormatterName)
{
    /// <summary>Its name in the console options.</summary>
    public const string FormatterName = "mumu";

    /// <inheritdoc />
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (style.IsJson)
        {
            JsonLine.Write(logEntry, textWriter);
            return;
        }
        var level = logEntry.LogLevel switch
        {
            LogLevel.Warning => "warning ",
            LogLevel.Error or LogLevel.Critical => "ERROR ",
            _ => "",
        };
        var who = logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..];
        var time = DateTimeOffset.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        textWriter.WriteLine($"{time} {level}{who}: {Plain(logEntry.Formatter(logEntry.State, logEntry.Exception))}");
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(exception);
        }
    }

    /// <summary>Text of cameras, hubs and users may not move the cursor, colour the terminal, turn the writing or begin a line that looks like ours.</summary>
    internal static string Plain(string text) => text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? '\uFFFD' : c)) : text;

    private static bool IsUnsafe(char c) =>
        char.IsControl(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
