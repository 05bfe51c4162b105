// `mumu token NAME`: an access token for scripts.
using System.CommandLine;
using Mumu.Cli.Options;
using Mumu.Hub;

namespace Mumu.Cli.Verbs;

internal static class TokenVerb
{
    public static Command Create()
    {
        var command = new Command("token", "Print an access token of a user, for scripts.");
        var name = new Argument<string>("NAME") { Description = "Whose token." };
        var minutes = new Option<int>("--minutes") { Description = "How long it holds.", DefaultValueFactory = _ => 60 };
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 60 * 24 * 366)
            {
                result.AddError("--minutes takes 1 to 527040 (a year).");
            }
        });
        command.Arguments.Add(name);
        command.Options.Add(minutes);
        var shared = new SharedOptions().AddData(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var hub = HubAdministration.Open(shared.DataDirectory(parsed));
                var token = await hub.IssueTokenAsync(parsed.GetRequiredValue(name), TimeSpan.FromMinutes(parsed.GetValue(minutes)))
                    .ConfigureAwait(false);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(token).ConfigureAwait(false);
            }
        );
        return command;
    }
}
