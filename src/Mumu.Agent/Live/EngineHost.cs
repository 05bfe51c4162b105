// Starts the media engine with the program.
using System.Net;
using Microsoft.Extensions.Hosting;
using Mumu.Agent.Settings;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Live;

/// <summary>Binds the engine's sockets before anything else of the agent starts, so that a taken port is told at once.</summary>
internal sealed class EngineHost(WebRtcEngine engine) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask; // The container disposes of it.

    /// <summary>The engine's settings as mumu.json has them.</summary>
    public static WebRtcOptions Options(WebRtcSettings settings) =>
        new()
        {
            Bind = settings.Bind is { } bind ? IPAddress.Parse(bind) : IPAddress.IPv6Any,
            Port = settings.Port,
            Loops = settings.LoopCount(),
            MaxViewers = settings.MaxViewers,
            Tcp = settings.Tcp,
        };
}
