// A program of the tests' own (a client, or a camera) that tells what happens, a JSON object a line.
using System.Diagnostics;
using System.Text.Json;

namespace Mumu.EndToEnd.Tests.Harness;

internal sealed class ClientProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];

    private ClientProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_lines, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a program of the folder Clients.</summary>
    public static ClientProgram Start(string client, string[] arguments, string? input = null) =>
        StartScript(Path.Combine(Repository.Root, "tests", "Mumu.EndToEnd.Tests", "Clients", client), arguments, input);

    /// <summary>Starts any script.</summary>
    public static ClientProgram StartScript(string script, string[] arguments, string? input = null) =>
        // Debian's own Python has aiortc and GStreamer; another one earlier in PATH would not.
        StartProgram("/usr/bin/python3", [script, .. arguments], input);

    /// <summary>Starts any program that speaks in the same way.</summary>
    public static ClientProgram StartProgram(string program, string[] arguments, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONUNBUFFERED"] = "1";
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        if (input is not null)
        {
            process.StandardInput.WriteLine(input);
        }
        process.StandardInput.Close();
        return new ClientProgram(process);
    }

    /// <summary>Waits for a line that begins so, and returns the line.</summary>
    public Task<string> WaitForLineAsync(string beginning, TimeSpan limit) =>
        Eventually.ReturnsAsync(
            () => Task.FromResult(Find(line => line.StartsWith(beginning, StringComparison.Ordinal))),
            limit,
            () => $"\"{beginning}\" from a client:\n{Everything()}"
        );

    /// <summary>Waits for an event of that name, and returns it.</summary>
    public async Task<JsonElement> WaitForAsync(string name, TimeSpan limit)
    {
        var line = await WaitForLineAsync($$"""{"event": "{{name}}" """.TrimEnd(), limit);
        return JsonDocument.Parse(line).RootElement;
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<int> WaitForEndAsync(TimeSpan limit)
    {
        await Eventually.IsTrueAsync(() => Task.FromResult(_process.HasExited), limit, $"the end of a client:\n{Everything()}");
        return _process.ExitCode;
    }

    /// <summary>Ends it at once, as a pulled plug would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private string? Find(Predicate<string> wanted)
    {
        lock (_lines)
        {
            if (_lines.Find(wanted) is { } line)
            {
                return line;
            }
        }
        return _process.HasExited && _process.WaitForExit(2000)
            ? throw new InvalidOperationException($"A client ended with {_process.ExitCode}:\n{Everything()}")
            : null;
    }

    /// <summary>Everything it printed so far, complaints included.</summary>
    public string Output => Everything();

    private string Everything()
    {
        lock (_lines)
        {
            lock (_errors)
            {
                return string.Join('\n', _lines.Concat(_errors));
            }
        }
    }

    private static void Append(List<string> list, string? line)
    {
        if (line is not null)
        {
            lock (list)
            {
                list.Add(line);
            }
        }
    }
}
