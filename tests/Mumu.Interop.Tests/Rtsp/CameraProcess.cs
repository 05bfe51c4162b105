// A real RTSP server in a process of its own: GStreamer's or VLC's.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mumu.Tests.Shared;

namespace Mumu.Interop.Tests.Rtsp;

internal sealed class CameraProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ProcessStartInfo _start;
    private readonly StringBuilder _log = new();
    private Process _process;

    private CameraProcess(ProcessStartInfo start, int port)
    {
        (_start, Port) = (start, port);
        _process = Launch();
    }

    internal int Port { get; private set; }

    internal Uri Address(string path = "live") => new($"rtsp://127.0.0.1:{Port}/{path}");

    /// <summary>GStreamer's server; see servers/gstreamer_camera.py for the arguments.</summary>
    internal static async Task<CameraProcess> StartGStreamerAsync(string footage, params string[] arguments)
    {
        var python = Programs.Find("python3", "python3-gi");
        var script = Programs.InRepository("tests", "Mumu.Interop.Tests", "Rtsp", "servers", "gstreamer_camera.py");
        var camera = new CameraProcess(new ProcessStartInfo(python, [script, footage, .. arguments]), 0);
        await camera.WaitReadyAsync();
        camera._start.ArgumentList.Add("--port"); // the same one after a restart
        camera._start.ArgumentList.Add(camera.Port.ToString(CultureInfo.InvariantCulture));
        return camera;
    }

    /// <summary>VLC's server: UDP only, Basic. It refuses to run as root, so root lends it the user "nobody".</summary>
    internal static async Task<CameraProcess> StartVlcAsync(string footage, string user, string password)
    {
        var vlc = Programs.Find("vlc", "vlc-bin and vlc-plugin-base");
        var port = FreePort.Take();
        string[] arguments =
        [
            vlc,
            "-I",
            "dummy",
            "--no-audio",
            "--loop",
            footage,
            "--sout",
            $"#rtp{{sdp=rtsp://127.0.0.1:{port}/live}}",
            "--sout-keep",
            "--rtsp-host=127.0.0.1",
            "--sout-rtsp-user",
            user,
            "--sout-rtsp-pwd",
            password,
        ];
        string[] asNobody = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
        string[] all = [.. asNobody, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..]);
        start.Environment["HOME"] = "/nonexistent";
        var camera = new CameraProcess(start, port);
        await camera.WaitListeningAsync();
        return camera;
    }

    /// <summary>Ends it as a power cut would.</summary>
    internal async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts it again on the same port.</summary>
    internal async Task RestartAsync()
    {
        _process.Dispose();
        lock (_log)
        {
            _log.Clear();
        }
        _process = Launch();
        await WaitReadyAsync();
    }

    /// <summary>Freezes it: the connection stays, nothing comes.</summary>
    internal void Freeze() => Signal("STOP");

    internal void Thaw() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private Process Launch()
    {
        _start.RedirectStandardOutput = _start.RedirectStandardError = true;
        var process = Process.Start(_start) ?? throw new InvalidOperationException("The server did not start.");
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Note(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }

    private string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    private Task WaitReadyAsync() =>
        WaitAsync(() =>
        {
            var line = Log.Split('\n').FirstOrDefault(line => line.StartsWith("READY ", StringComparison.Ordinal));
            Port = line is null ? Port : int.Parse(line.AsSpan(6), CultureInfo.InvariantCulture);
            return line is not null;
        });

    private Task WaitListeningAsync() =>
        WaitAsync(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                return false; // not yet
            }
        });

    private async Task WaitAsync(Func<bool> isReady)
    {
        var watch = Stopwatch.StartNew();
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!isReady())
        {
            Assert.False(
                _process.HasExited || watch.Elapsed > StartLimit,
                $"The server is not ready (packages: python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-rtsp gstreamer1.0-plugins-{{base,good,bad,ugly}} gstreamer1.0-libav vlc-bin vlc-plugin-base):\n{Log}"
            );
            await beat.WaitForNextTickAsync();
        }
    }

    // The shell has it built in, so no package is needed.
    private void Signal(string name)
    {
        using var shell = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {_process.Id}")]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
