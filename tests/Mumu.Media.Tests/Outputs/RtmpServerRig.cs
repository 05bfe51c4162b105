// An RTMP server on loopback with a simulated camera, a path to publish to, and a key.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Outputs.Rtmp;
using Mumu.Media.Publishing;
using Mumu.Media.Sources.Rtmp;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Streams;
using Mumu.Media.Tests.Rtsp;

namespace Mumu.Media.Tests.Outputs;

internal sealed class RtmpServerRig : IAsyncDisposable
{
    internal const string Key = "se/cret";
    private readonly PublisherSlot _slot = new(TimeProvider.System);
    private readonly CancellationTokenSource _retired = new();
    private readonly List<Task> _runs = [];
    private readonly CancellationTokenSource _stop = new();

    internal RtmpServerRig(RtmpServerSettings? settings = null)
    {
        var simulator = new SimulatorOptions
        {
            Width = 320,
            Height = 180,
            Fps = 30,
            Kbps = 600,
        };
        Camera = new MediaStream(
            "sim",
            () => new SimulatorSource(simulator, TimeProvider.System),
            new StreamOptions(),
            TimeProvider.System
        );
        Published = new MediaStream("pub/live", _slot.CreateSource, PublisherSlot.StreamOptions, TimeProvider.System);
        Listener = new RtmpListener(
            (settings ?? new RtmpServerSettings()) with
            {
                Bind = IPAddress.Loopback,
                Port = 0,
                TlsPort = 0,
            },
            AdmitAsync,
            TimeProvider.System,
            NullLogger<RtmpListener>.Instance
        );
        Listener.Start();
    }

    internal RtmpListener Listener { get; }

    internal MediaStream Camera { get; }

    internal MediaStream Published { get; }

    internal Publication? Publication => _slot.Current;

    /// <summary>Readers that joined, less those that left.</summary>
    internal int Readers;

    internal List<ReaderInfo> Joined { get; } = [];

    internal void Retire() => _retired.Cancel();

    internal Task<Publication> PublishAsync() => _slot.BeginAsync(new Publisher("test", "here", "test"), CancellationToken.None);

    internal RtmpOptions Address(string path, bool isTls = false, string key = Key) =>
        new()
        {
            Uri = new Uri(
                $"{(isTls ? "rtmps" : "rtmp")}://127.0.0.1:{(isTls ? Listener.TlsPort : Listener.Port)}/{path}?user=any&pass={Uri.EscapeDataString(key)}"
            ),
        };

    /// <summary>Reads a path with our own client until the test ends.</summary>
    internal RecordingSink Read(string path, bool isTls = false)
    {
        var sink = new RecordingSink();
        _runs.Add(new RtmpSource(Address(path, isTls), TimeProvider.System).RunAsync(sink, _stop.Token));
        return sink;
    }

    /// <summary>Publishes the simulated camera with our own client until it is ended; gives how that ended.</summary>
    internal Task PushAsync(string path, bool isTls = false)
    {
        var run = new RtmpPush(Address(path, isTls), TimeProvider.System).RunAsync(Camera, () => { }, _stop.Token);
        _runs.Add(run);
        return run;
    }

    internal async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Listener.Port);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_runs).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Listener.DisposeAsync();
        await Camera.DisposeAsync();
        await Published.DisposeAsync();
        _retired.Dispose();
        _stop.Dispose();
    }

    private Task<Admission> AdmitAsync(RtmpCaller caller, CancellationToken cancellation)
    {
        var stream =
            caller.Path == "sim" ? Camera
            : caller.Path == "pub/live" ? Published
            : null;
        var status =
            caller.Key != Key ? 401
            : stream is null ? 404
            : 200;
        return Task.FromResult(
            new Admission(status, status == 401 ? "This API key is not known." : "There is no such camera.")
            {
                Path = caller.Path,
                Key = "test",
                Stream = stream,
                Retired = _retired.Token,
                Join = info =>
                {
                    Interlocked.Increment(ref Readers);
                    lock (Joined)
                    {
                        Joined.Add(info);
                    }
                    return new Leaving(() => Interlocked.Decrement(ref Readers));
                },
                PublishAsync = _slot.BeginAsync,
            }
        );
    }

    private sealed class Leaving(Action left) : IDisposable
    {
        public void Dispose() => left();
    }
}
