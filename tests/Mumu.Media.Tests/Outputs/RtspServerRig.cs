// An RTSP server on loopback with a simulated camera, a path to publish to, and a key.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Outputs.Rtsp;
using Mumu.Media.Publishing;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Streams;
using Mumu.Media.Tests.Rtsp;

namespace Mumu.Media.Tests.Outputs;

internal sealed class RtspServerRig : IAsyncDisposable
{
    internal const string Key = "secret";
    private readonly PublisherSlot _slot = new(TimeProvider.System);
    private readonly CancellationTokenSource _retired = new();
    private readonly List<Task> _runs = [];
    private readonly CancellationTokenSource _stop = new();

    internal RtspServerRig(RtspServerSettings? settings = null)
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
        settings ??= new RtspServerSettings();
        Listener = new RtspListener(
            settings with
            {
                Bind = IPAddress.Loopback,
                Port = 0,
                TlsPort = 0,
                UdpPort = 0,
            },
            AdmitAsync,
            TimeProvider.System,
            NullLogger<RtspListener>.Instance
        );
        Listener.Start();
    }

    internal RtspListener Listener { get; }

    internal MediaStream Camera { get; }

    internal MediaStream Published { get; }

    internal Publication? Publication => _slot.Current;

    /// <summary>Readers that joined, less those that left.</summary>
    internal int Readers;

    internal List<ReaderInfo> Joined { get; } = [];

    /// <summary>Publishes by hand.</summary>
    internal Task<Publication> PublishAsync() => _slot.BeginAsync(new Publisher("test", "here", "test"), CancellationToken.None);

    internal void Retire() => _retired.Cancel();

    internal Uri Address(string path, bool isTls = false) =>
        new($"{(isTls ? "rtsps" : "rtsp")}://any:{Key}@127.0.0.1:{(isTls ? Listener.TlsPort : Listener.Port)}/{path}");

    /// <summary>Reads a path with our own client until the test ends.</summary>
    internal RecordingSink Read(string path, RtspTransportMode transport, bool isTls = false)
    {
        var sink = new RecordingSink();
        var options = new RtspOptions { Uri = Address(path, isTls), Transport = transport };
        _runs.Add(new RtspSource(options, TimeProvider.System).RunAsync(sink, _stop.Token));
        return sink;
    }

    internal async Task<RawRtspClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Listener.Port);
        return new RawRtspClient(client);
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

    private Task<Admission> AdmitAsync(RtspCaller caller, CancellationToken cancellation)
    {
        var good = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{Key}"));
        var stream =
            caller.Path == "sim" ? Camera
            : caller.Path == "pub/live" ? Published
            : null;
        var status =
            caller.Authorization != good ? 401
            : stream is null ? 404
            : 200;
        return Task.FromResult(
            new Admission(status, "")
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
