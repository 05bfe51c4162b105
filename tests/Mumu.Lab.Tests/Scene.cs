// A call of its own between two homes of its own, for tests that disturb it.
using Mumu.Lab.Tests.Calls;
using Mumu.Lab.Tests.Matrix;
using Mumu.Lab.Tests.Networks;
using Mumu.Lab.Tests.Processes;

namespace Mumu.Lab.Tests;

internal sealed class Scene : IAsyncDisposable
{
    public required Home AgentHome { get; init; }

    public required Home ViewerHome { get; init; }

    public required Agent Agent { get; init; }

    public required BrowserCall Call { get; init; }

    public required Chromium Chromium { get; init; }

    public static async Task<Scene> StartAsync(SharedLab lab, Nat deviceSide, Nat viewerSide) =>
        await StartAsync(lab, await lab.HubAsync(TurnKind.Coturn), deviceSide, viewerSide);

    public static async Task<Scene> StartAsync(SharedLab lab, Hub hub, Nat deviceSide, Nat viewerSide)
    {
        var agentHome = await lab.Internet.AddHomeAsync(deviceSide, "device");
        var viewerHome = await lab.Internet.AddHomeAsync(viewerSide, "roamer");
        var agent = Agent.StartAsync(agentHome, hub, 0, lab.Certificate);
        var chromium = Chromium.StartAsync(viewerHome, lab.Certificate);
        return new Scene
        {
            AgentHome = agentHome,
            ViewerHome = viewerHome,
            Agent = await agent,
            Chromium = await chromium,
            Call = await BrowserCall.StartAsync(await chromium, hub, (await agent).DeviceId),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Call.DisposeAsync();
        await Chromium.DisposeAsync();
        await Agent.DisposeAsync();
        AgentHome.Dispose();
        ViewerHome.Dispose();
    }
}
