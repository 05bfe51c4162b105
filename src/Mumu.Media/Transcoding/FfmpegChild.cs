// A running ffmpeg: pipes in and out, nothing else, and never longer than we want it.
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Mumu.Media.Units;

namespace Mumu.Media.Transcoding;

/// <summary>
/// One child process, started with an argument list and an empty environment. It ends when it is disposed of; and when this program ends, however that happens, since its input ends then.
/// </summary>
internal sealed class FfmpegChild : IAsyncDisposable
{
    private const int MaxComplaint = 2_000;

    /// <summary>More memory than any template needs, in bytes; a child that takes more is ended.</summary>
    private const long MaxMemory = 1L << 30;

    private static int s_running;
    private readonly Process _process;
    private readonly StringBuilder _complaint = new();
    private readonly Task _listening;
    private int _isDisposed;

    private FfmpegChild(Process process)
    {
        _process = process;
        _listening = ListenAsync();
    }

    /// <summary>Where units go in.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Where the result comes out.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>The end of what it complained of, on one line.</summary>
    public string Complaint
    {
        get
        {
            lock (_complaint)
            {
                return _complaint.ToString().ReplaceLineEndings(" ").Trim();
            }
        }
    }

    /// <summary>True while it takes no more memory than it may.</summary>
    public bool IsWithinMemory
    {
        get
        {
            _process.Refresh();
            return _process.HasExited || _process.WorkingSet64 <= MaxMemory;
        }
    }

    /// <summary>Starts it, unless there are <paramref name="most"/> children in this program already.</summary>
    /// <exception cref="SourceException">There is no ffmpeg, it can't be started, or there are too many.</exception>
    public static FfmpegChild Start(IReadOnlyList<string> arguments, int most)
    {
        if (Interlocked.Increment(ref s_running) > most)
        {
            Interlocked.Decrement(ref s_running);
            throw new SourceException(SourceFailure.Stalled, $"{most} tracks are transcoded already, the bound set by “transcode.most”.");
        }
        try
        {
            return StartNow(arguments);
        }
        catch (SourceException)
        {
            Interlocked.Decrement(ref s_running);
            throw;
        }
    }

    private static FfmpegChild StartNow(IReadOnlyList<string> arguments)
    {
        var program = FfmpegProgram.Find() ?? throw new SourceException(SourceFailure.UnsupportedCodec, FfmpegProgram.Missing);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment.Clear(); // ffmpeg would write reports where FFREPORT says, and use proxies
        try
        {
            var process = Process.Start(start) ?? throw new SourceException(SourceFailure.UnsupportedCodec, "ffmpeg did not start.");
            return new FfmpegChild(process);
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            throw new SourceException(SourceFailure.UnsupportedCodec, $"ffmpeg could not be started: {error.Message}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }
        Interlocked.Decrement(ref s_running);
        try
        {
            _process.Kill();
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It has ended already.
        }
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await _listening.ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        var buffer = new char[512];
        try
        {
            for (int read; (read = await _process.StandardError.ReadAsync(buffer.AsMemory()).ConfigureAwait(false)) > 0; )
            {
                lock (_complaint)
                {
                    _complaint.Append(buffer, 0, read);
                    _complaint.Remove(0, Math.Max(0, _complaint.Length - MaxComplaint));
                }
            }
        }
        catch (IOException)
        {
            // The pipe broke with the child.
        }
    }
}
