// `mumu bench whep|watch`: a load generator of WebRTC viewers that measures what a server does.
using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mumu.Cli.Bench;
using Mumu.Cli.Options;

namespace Mumu.Cli.Verbs;

internal static class BenchVerb
{
    public static Command Create() => new("bench", "Play many viewers and measure what the server does.") { CreateWhep(), CreateWatch() };

    private static Command CreateWhep()
    {
        var command = new Command("whep", "Watch by WHEP; works with any WHEP server.");
        var url = new Argument<string>("URL")
        {
            Description = "The stream's WHEP address, for example http://127.0.0.1:8889/simulator/whep.",
        };
        var keyFromInput = new Option<bool>("--key-stdin") { Description = "Read the API key from standard input (one line)." };
        var keyFile = new Option<FileInfo?>("--key-file") { Description = "Read the API key from a file. Or set MUMU_KEY." };
        var user = new Option<string?>("--user") { Description = "Use Basic authentication: the user's name; the key is the password." };
        command.Arguments.Add(url);
        command.Options.Add(keyFromInput);
        command.Options.Add(keyFile);
        command.Options.Add(user);
        var run = new BenchCommandOptions().AddTo(command);
        command.SetAction(parsed =>
        {
            var address = Address(parsed.GetRequiredValue(url), "http://127.0.0.1:8889/simulator/whep");
            var key = SecretInput.Read(parsed.GetValue(keyFromInput), parsed.GetValue(keyFile), "MUMU_KEY", Console.In);
            return RunAsync(parsed, run, new WhepSignaling(address, key, parsed.GetValue(user)));
        });
        return command;
    }

    private static Command CreateWatch()
    {
        var command = new Command("watch", "Watch a device's camera through a hub, as a browser does, and measure the hub's round trips.");
        var url = new Argument<string>("HUB") { Description = "The hub's address, for example http://127.0.0.1:8080." };
        var device = new Option<string>("--device") { Description = "The device's id.", Required = true };
        var camera = new Option<string?>("--camera") { Description = "The camera's name (default: the device's first)." };
        var tokenFromInput = new Option<bool>("--token-stdin") { Description = "Read the access token from standard input (one line)." };
        var tokenFile = new Option<FileInfo?>("--token-file") { Description = "Read the access token from a file. Or set MUMU_TOKEN." };
        command.Arguments.Add(url);
        foreach (var option in (Option[])[device, camera, tokenFromInput, tokenFile])
        {
            command.Options.Add(option);
        }
        var run = new BenchCommandOptions().AddTo(command);
        command.SetAction(parsed =>
        {
            var address = Address(parsed.GetRequiredValue(url), "http://127.0.0.1:8080");
            var token =
                SecretInput.Read(parsed.GetValue(tokenFromInput), parsed.GetValue(tokenFile), "MUMU_TOKEN", Console.In)
                ?? throw new VerbException("The hub wants an access token: mumu token NAME | mumu bench watch … --token-stdin");
            return RunAsync(
                parsed,
                run,
                new HubSignaling(address, token, parsed.GetRequiredValue(device), parsed.GetValue(camera), TimeProvider.System)
            );
        });
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, BenchCommandOptions command, ISignaling signaling)
    {
        await using var _ = signaling.ConfigureAwait(false);
        using var stop = new CancellationTokenSource();
        // A first Ctrl-C ends the phase and still says good-bye, so that no server is left with ghosts.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var report = await new BenchRun(command.Read(parsed), signaling, TimeProvider.System).RunAsync(stop.Token).ConfigureAwait(false);
        var output = parsed.InvocationConfiguration.Output;
        if (command.WantsJson(parsed))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report, BenchJson.Plain.BenchReport)).ConfigureAwait(false);
        }
        else
        {
            ReportText.Write(output, report);
        }
        return report.Viewers.Failed == 0 ? 0 : 2;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static Uri Address(string text, string example)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new VerbException($"\"{text}\" is no http or https address. Example: {example}");
        }
        return address.UserInfo.Length == 0
            ? address
            : throw new VerbException(
                "Passwords do not belong into an address, where every user of this machine sees them; use --user and --key-stdin."
            );
    }
}
