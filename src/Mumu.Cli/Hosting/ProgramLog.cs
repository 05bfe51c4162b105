// How the program logs: one line an event, on the terminal.
using Microsoft.Extensions.Logging.Console;

namespace Mumu.Cli.Hosting;

internal static class ProgramLog
{
    /// <summary>Sends our own news and everybody's warnings to the terminal.</summary>
    public static void Configure(ILoggingBuilder logging, LogStyle style)
    {
        logging.ClearProviders();
        logging.Services.AddSingleton(style);
        logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Mumu", LogLevel.Information);
        // Each refused request would be a line of its own; the hub's audit log has those that matter.
        logging
            .AddFilter("Mumu.Hub.Accounts.BearerHandler", LogLevel.Warning)
            .AddFilter("Mumu.Agent.Keys.ApiKeyAuthentication", LogLevel.Warning);
    }
}
