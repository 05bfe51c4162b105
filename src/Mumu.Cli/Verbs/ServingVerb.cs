// What the serving verbs have in common: options to a plan, a plan to a running host.
using System.CommandLine;
using Mumu.Agent.Settings;
using Mumu.Cli.Hosting;
using Mumu.Cli.Options;

namespace Mumu.Cli.Verbs;

internal static class ServingVerb
{
    public static Command Create(string name, string description, bool runsHub, bool runsAgent)
    {
        var command = new Command(name, description);
        var shared = new SharedOptions().AddData(command).AddListening(command);
        if (runsHub)
        {
            shared.AddTurn(command);
        }
        var agent = runsAgent ? new AgentCommandOptions().AddTo(command) : null;
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var style = new LogStyle();
                using var logging = LoggerFactory.Create(builder => ProgramLog.Configure(builder, style));
                var settings = shared.OpenSettings(
                    parsed,
                    agent?.Overrides(parsed) ?? new SettingsOverrides(),
                    logging.CreateLogger<SettingsStore>()
                );
                style.IsJson = settings.Current.Log.Format == LogFormat.Json;
                if (runsAgent && !runsHub && settings.Current.Hub.Url is null)
                {
                    throw new VerbException("No hub is named. Example: mumu agent --hub https://cameras.example");
                }
                var plan = new HostPlan(shared.DataDirectory(parsed), shared.Bind(parsed), settings, runsHub, runsAgent);
                await HostRunner.RunAsync(plan, parsed.InvocationConfiguration.Output, cancellation).ConfigureAwait(false);
            }
        );
        return command;
    }
}
