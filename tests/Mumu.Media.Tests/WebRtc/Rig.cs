// An engine on loopback with a simulated camera.
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Streams;
using Mumu.Media.WebRtc;

namespace Mumu.Media.Tests.WebRtc;

internal sealed class Rig : IAsyncDisposable
{
    public Rig(Func<WebRtcOptions, WebRtcOptions>? change = null, SimulatorOptions? simulator = null, bool onDemand = true)
    {
        var options = new WebRtcOptions
        {
            Bind = IPAddress.Loopback,
            Port = 0,
            Loops = 2,
        };
        Engine = new WebRtcEngine(change?.Invoke(options) ?? options, TimeProvider.System, NullLogger<WebRtcEngine>.Instance);
        Engine.Start();
        Stream = new MediaStream(
            "simulator",
            () => new SimulatorSource(simulator ?? Small),
            new StreamOptions { OnDemand = onDemand },
            TimeProvider.System
        );
    }

    /// <summary>A picture that is cheap to make, with some frames of several packets.</summary>
    public static SimulatorOptions Small { get; } =
        new()
        {
            Width = 320,
            Height = 180,
            Fps = 30,
            Kbps = 800,
            GroupSeconds = 1,
        };

    public WebRtcEngine Engine { get; }

    public MediaStream Stream { get; }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Stream.DisposeAsync();
    }
}
