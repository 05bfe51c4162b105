// A program of somebody else's that reads or publishes, with what it said.
using System.Diagnostics;
using System.Text;
using Mumu.Interop.Tests.Rtsp;

namespace Mumu.Interop.Tests.RtspServer;

internal sealed class MediaProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private MediaProgram(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal static MediaProgram Ffmpeg(params string[] arguments) =>
        new(Programs.Find("ffmpeg", "ffmpeg"), ["-nostdin", "-hide_banner", "-v", "error", .. arguments]);

    internal static MediaProgram GStreamer(string pipeline) =>
        new(
            Programs.Find("gst-launch-1.0", "gstreamer1.0-tools"),
            ["-q", "-e", .. pipeline.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
        );

    internal string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    internal bool HasExited => _process.HasExited;

    /// <summary>Waits for its end, which has to be a good one.</summary>
    internal async Task DoneAsync()
    {
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"It did not end within {s_limit.TotalSeconds} s:\n{Log}");
        }
        Assert.True(_process.ExitCode == 0, Log);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private void Note(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
