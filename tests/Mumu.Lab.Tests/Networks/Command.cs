// A short command run to its end: what it printed, or an exception with what it complained about.
using System.Diagnostics;

namespace Mumu.Lab.Tests.Networks;

internal static class Command
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Runs it and returns its exit code, with output and complaints in one text.</summary>
    public static async Task<(int Code, string Text)> TryAsync(string program, IEnumerable<string> arguments, string? input = null)
    {
        using var process = Start(program, arguments);
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds:0} s.");
        }
    }

    /// <summary>Runs it; anything but success is an exception.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? input = null)
    {
        var (code, text) = await TryAsync(program, arguments, input);
        return code == 0
            ? text
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {code}: {text}\n{input}");
    }

    /// <summary>For the end of the test program, where nothing can be awaited. Failures are returned, not thrown.</summary>
    public static (int Code, string Text) RunToEnd(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }

    private static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        ) ?? throw new InvalidOperationException($"{program} did not start.");
}
