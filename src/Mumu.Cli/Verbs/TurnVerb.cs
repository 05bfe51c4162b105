// `mumu turn`: the STUN and TURN server alone, for a hub elsewhere.
using System.CommandLine;
using Mumu.Agent.Settings;
using Mumu.Cli.Hosting;
using Mumu.Cli.Options;

namespace Mumu.Cli.Verbs;

internal static class TurnVerb
{
    public static Command Create()
    {
        var command = new Command("turn", "Run the STUN and TURN server alone, for a hub elsewhere that has the same secret.");
        var shared = new SharedOptions().AddData(command).AddListening(command).AddTurn(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var style = new LogStyle();
                using var logging = LoggerFactory.Create(log => ProgramLog.Configure(log, style));
                var settings = shared.OpenSettings(parsed, new SettingsOverrides(), logging.CreateLogger<SettingsStore>()).Current;
                style.IsJson = settings.Log.Format == LogFormat.Json;
                var data = shared.DataDirectory(parsed);
                var options = EmbeddedTurn.Listener(settings, EmbeddedTurn.Secret(settings.Turn, data), runsAgent: false);
                var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
                ProgramLog.Configure(builder.Logging, style);
                builder.Services.AddHostedService(_ => new TurnService(options, TimeProvider.System));
                using var host = builder.Build();
                await host.StartAsync(cancellation).ConfigureAwait(false);
                var secretAt = settings.Turn.Secret is null ? Path.Combine(data, EmbeddedTurn.SecretFile) : null;
                Announcement.TurnStarted(parsed.InvocationConfiguration.Output, options, secretAt);
                await host.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
            }
        );
        return command;
    }
}
