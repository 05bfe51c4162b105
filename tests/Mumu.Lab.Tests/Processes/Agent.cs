// `mumu agent` in a home, with the simulator as its camera, paired with a hub.
using System.Text.Json;
using System.Text.RegularExpressions;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Processes;

internal sealed partial class Agent : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly LabProcess _process;
    private readonly TemporaryFolder _data;

    private Agent(LabProcess process, TemporaryFolder data) => (_process, _data) = (process, data);

    /// <summary>Its id at the hub.</summary>
    public string DeviceId { get; private set; } = "";

    public string Output => _process.Output;

    /// <param name="home">Where it runs.</param>
    /// <param name="hub">Whom it reports to.</param>
    /// <param name="portOffset">Added to its ports, where two share a home.</param>
    /// <param name="certificate">Whom it trusts.</param>
    public static async Task<Agent> StartAsync(Home home, Hub hub, int portOffset, Certificate certificate)
    {
        var data = new TemporaryFolder();
        // Small pictures: what they look like is tested elsewhere, and dozens of viewers decode them on the same machine.
        var camera = new
        {
            name = "Simulator",
            source = "simulator",
            width = 640,
            height = 360,
            fps = 30,
            kbps = 500,
        };
        await File.WriteAllTextAsync(
            Path.Combine(data.Path, "mumu.json"),
            JsonSerializer.Serialize(new { cameras = new { simulator = camera }, webrtc = new { loops = 1 } })
        );
        var process = MumuProgram.Start(
            home.Host,
            ["agent", "--hub", hub.Url, "--data", data.Path, "--port-offset", $"{portOffset}"],
            certificate
        );
        var agent = new Agent(process, data);
        var code = (await process.WaitForAsync(Code(), StartLimit)).Groups["code"].Value;
        agent.DeviceId = await hub.PairAsync(code);
        await process.WaitForAsync(Paired(), StartLimit);
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _data.Dispose();
    }

    [GeneratedRegex(@"Pairing code +(?<code>\d{3} \d{3})")]
    private static partial Regex Code();

    [GeneratedRegex("Paired with olive")]
    private static partial Regex Paired();
}
