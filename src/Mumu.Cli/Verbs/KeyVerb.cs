// `mumu key create|list|revoke`: API keys of this machine's agent, for readers on the local network.
using System.CommandLine;
using Mumu.Agent.Keys;
using Mumu.Cli.Options;

namespace Mumu.Cli.Verbs;

internal static class KeyVerb
{
    private static readonly string[] Roles = ["admin", "reader"];

    public static Command Create() =>
        new("key", "API keys for readers on the local network (WHEP).") { CreateCreate(), CreateList(), CreateRevoke() };

    private static Command CreateCreate()
    {
        var command = new Command("create", "Make a key and print it. It is shown this once.");
        var name = new Argument<string>("NAME") { Description = "What or whom it is for." };
        var role = new Option<string>("--role") { Description = "admin or reader.", DefaultValueFactory = _ => "reader" };
        role.AcceptOnlyFromAmong(Roles);
        command.Arguments.Add(name);
        command.Options.Add(role);
        var shared = new SharedOptions().AddData(command);
        command.SetAction(parsed =>
        {
            var granted = Enum.Parse<ApiKeyRole>(parsed.GetRequiredValue(role), ignoreCase: true);
            parsed.InvocationConfiguration.Output.WriteLine(Ask(() => Open(shared, parsed).Create(parsed.GetRequiredValue(name), granted)));
        });
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List keys (never the keys themselves).");
        var shared = new SharedOptions().AddData(command);
        command.SetAction(parsed =>
        {
            foreach (var key in Ask(() => Open(shared, parsed).List()))
            {
                parsed.InvocationConfiguration.Output.WriteLine($"{key.Name}\t{key.Role}");
            }
        });
        return command;
    }

    private static Command CreateRevoke()
    {
        var command = new Command("revoke", "Take a key back.");
        var name = new Argument<string>("NAME") { Description = "The key's name." };
        command.Arguments.Add(name);
        var shared = new SharedOptions().AddData(command);
        command.SetAction(parsed =>
        {
            var revoked = Ask(() => Open(shared, parsed).Remove(parsed.GetRequiredValue(name)));
            parsed.InvocationConfiguration.Output.WriteLine(
                revoked ? $"Revoked {parsed.GetRequiredValue(name)}." : $"There is no key named {parsed.GetRequiredValue(name)}."
            );
            return revoked ? 0 : 1;
        });
        return command;
    }

    /// <summary>What the store refuses, it refuses with a sentence.</summary>
    private static T Ask<T>(Func<T> question)
    {
        try
        {
            return question();
        }
        catch (InvalidOperationException e)
        {
            throw new VerbException(e.Message);
        }
    }

    private static KeyStore Open(SharedOptions shared, ParseResult parsed) => new(shared.DataDirectory(parsed), TimeProvider.System);
}
