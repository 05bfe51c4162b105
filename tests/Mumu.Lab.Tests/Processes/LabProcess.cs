// A program that runs inside a namespace for a while: its lines are kept, it is stopped with SIGTERM or by force.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Processes;

internal sealed partial class LabProcess : IAsyncDisposable
{
    private const int Terminate = 15; // SIGTERM
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly string _name;

    private LabProcess(Process process, string name)
    {
        (_process, _name) = (process, name);
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything it printed so far, complaints included.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public static LabProcess Start(
        NetworkNamespace inside,
        string program,
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? input = null
    )
    {
        var start = new ProcessStartInfo("ip", inside.Inside(program, arguments))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        if (input is not null)
        {
            process.StandardInput.WriteLine(input);
        }
        process.StandardInput.Close();
        return new LabProcess(process, Path.GetFileName(program));
    }

    /// <summary>Waits until what it printed holds a match, and returns it.</summary>
    public Task<Match> WaitForAsync(Regex pattern, TimeSpan limit) =>
        Eventually.ReturnsAsync(
            () =>
            {
                var match = pattern.Match(Output);
                return !match.Success && _process.HasExited && !pattern.IsMatch(OutputAtEnd())
                    ? throw new InvalidOperationException($"{_name} ended with {_process.ExitCode}:\n{Output}")
                    : Task.FromResult(match.Success ? match : null);
            },
            limit,
            () => $"\"{pattern}\" from {_name}:\n{Output}"
        );

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, Terminate);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }
        _process.Dispose();
    }

    // After the end, the last lines may still be on their way.
    private string OutputAtEnd()
    {
        _process.WaitForExit(2000);
        return Output;
    }

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
