// `mumu key create|list|revoke`: API keys of this machine's agent.
using System.CommandLine;
using Mumu.Agent.Keys;
using Mumu.Cli.Options;

namespace Mumu.Cli.Verbs;

internal static class KeyVerb
{
    private static readonly string[] Roles = ["admin", "publisher", "reader", "metrics"];

    public static Command Create() =>
        new("key", "API keys for players, publishers and programs (WHEP, RTSP, HTTP).")
        {
            CreateCreate(),
            CreateList(),
            CreateRevoke(),
            CreateHash(),
        };

    private static Command CreateCreate()
    {
        var command = new Command("create", "Make a key and print it. It is shown this once.");
        var name = new Argument<string>("NAME") { Description = "What or whom it is for." };
        var role = new Option<string>("--role")
        {
            Description = "reader watches, publisher publishes, metrics reads metrics, admin does everything.",
            DefaultValueFactory = _ => "reader",
        };
        role.AcceptOnlyFromAmong(Roles);
        var path = new Option<string[]>("--path")
        {
            Description = "Only for paths like front or garden/*; may be given several times (default: all).",
        };
        var from = new Option<string[]>("--from")
        {
            Description = "Only from networks like 192.168.1.0/24; may be given several times (default: anywhere).",
        };
        command.Arguments.Add(name);
        command.Options.Add(role);
        command.Options.Add(path);
        command.Options.Add(from);
        var shared = new SharedOptions().AddData(command);
        command.SetAction(parsed =>
        {
            var granted = Enum.Parse<ApiKeyRole>(parsed.GetRequiredValue(role), ignoreCase: true);
            var paths = parsed.GetValue(path);
            parsed.InvocationConfiguration.Output.WriteLine(
                Ask(() => Open(shared, parsed).Create(parsed.GetRequiredValue(name), granted, paths, parsed.GetValue(from)))
            );
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
                parsed.InvocationConfiguration.Output.WriteLine($"{key.Name}\t{key.Role}\t{string.Join(' ', key.Paths ?? ["*"])}");
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

    private static Command CreateHash()
    {
        var command = new Command(
            "hash",
            "Hash a password for a user of “access.users” in mumu.json; asks for it, or reads it from a pipe."
        );
        command.SetAction(parsed =>
        {
            var password = PasswordPrompt.Read(fromInput: false);
            if (password.Length is < 8 or > PasswordHash.MaxLength)
            {
                throw new VerbException($"A password has 8–{PasswordHash.MaxLength} characters.");
            }
            parsed.InvocationConfiguration.Output.WriteLine(PasswordHash.Create(password));
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
