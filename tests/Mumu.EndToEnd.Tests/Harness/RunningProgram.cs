// The built program as a process of its own: started with arguments, watched by its output, stopped with SIGTERM.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Mumu.EndToEnd.Tests.Harness;

internal sealed partial class RunningProgram : IAsyncDisposable
{
    private const int Terminate = 15; // SIGTERM
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();

    private RunningProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the program that ./test (or ./run) built.</summary>
    public static RunningProgram Start(params string[] arguments) => new(Launch(arguments, input: false));

    /// <summary>Runs one verb to its end and returns what it printed; throws when it fails.</summary>
    public static async Task<string> RunAsync(string[] arguments, string? input = null)
    {
        var (code, text) = await EndAsync(arguments, input);
        return code == 0 ? text : throw new InvalidOperationException($"mumu {arguments[0]} ended with {code}: {text}");
    }

    /// <summary>Runs one verb to its end and returns its exit code and all it printed.</summary>
    public static async Task<(int Code, string Text)> EndAsync(string[] arguments, string? input = null)
    {
        using var process = Launch(arguments, input is not null);
        if (input is not null)
        {
            await process.StandardInput.WriteLineAsync(input);
            process.StandardInput.Close();
        }
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Waits until its output holds a match, and returns it.</summary>
    public Task<Match> WaitForAsync(Regex pattern, TimeSpan limit) =>
        Eventually.ReturnsAsync(
            () =>
            {
                var match = pattern.Match(Output);
                if (!match.Success && HasExited)
                {
                    throw new InvalidOperationException($"The program ended with {_process.ExitCode}:\n{Output}");
                }
                return Task.FromResult(match.Success ? match : null);
            },
            limit,
            () => $"\"{pattern}\" in the program's output:\n{Output}"
        );

    /// <summary>Asks it to stop, as a service manager does, and returns how long that took.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var watch = Stopwatch.StartNew();
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, Terminate);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                throw new TimeoutException($"The program did not stop within 10 s of SIGTERM:\n{Output}");
            }
        }
        return watch.Elapsed;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private static Process Launch(string[] arguments, bool input)
    {
        var program = Path.Combine(Repository.Root, "artifacts", "mumu", "mumu");
        Assert.True(File.Exists(program), "The program is not built: run ./test or ./run first.");
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(
            Path.GetDirectoryName(Path.GetDirectoryName(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/')))
        );
        return Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
    }

    private void Append(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_gate)
        {
            _output.AppendLine(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
