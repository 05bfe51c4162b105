// `mumu user add|list`: accounts of the hub from the command line.
using System.CommandLine;
using Mumu.Cli.Options;
using Mumu.Hub;

namespace Mumu.Cli.Verbs;

internal static class UserVerb
{
    private static readonly string[] Roles = ["owner", "admin", "user"];

    public static Command Create() => new("user", "Accounts of the hub.") { CreateAdd(), CreateList() };

    private static Command CreateAdd()
    {
        var command = new Command("add", "Make an account. The first owner owns this machine's cameras.");
        var name = new Argument<string>("NAME") { Description = "The name to sign in with." };
        var role = new Option<string>("--role") { Description = "owner, admin or user.", DefaultValueFactory = _ => "user" };
        role.AcceptOnlyFromAmong(Roles);
        var fromInput = new Option<bool>("--password-stdin") { Description = "Read the password from standard input (one line)." };
        command.Arguments.Add(name);
        command.Options.Add(role);
        command.Options.Add(fromInput);
        var shared = new SharedOptions().AddData(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var password = PasswordPrompt.Read(parsed.GetValue(fromInput));
                var hub = HubAdministration.Open(shared.DataDirectory(parsed));
                await hub.AddUserAsync(parsed.GetRequiredValue(name), password, parsed.GetRequiredValue(role)).ConfigureAwait(false);
                await parsed
                    .InvocationConfiguration.Output.WriteLineAsync($"Made {parsed.GetRequiredValue(role)} {parsed.GetRequiredValue(name)}.")
                    .ConfigureAwait(false);
            }
        );
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List accounts.");
        var shared = new SharedOptions().AddData(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var hub = HubAdministration.Open(shared.DataDirectory(parsed));
                foreach (var user in await hub.ListUsersAsync().ConfigureAwait(false))
                {
                    await parsed.InvocationConfiguration.Output.WriteLineAsync($"{user.Username}\t{user.Role}").ConfigureAwait(false);
                }
            }
        );
        return command;
    }
}
