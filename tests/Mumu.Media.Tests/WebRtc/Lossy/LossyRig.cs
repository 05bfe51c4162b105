// An engine, a bad network and one viewer.
using System.Globalization;
using System.Text.RegularExpressions;
using Mumu.Lossy;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.WebRtc;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Media.Tests.WebRtc.Lossy;

/// <summary>The viewer behaves as a browser does: it asks for lost packets, waits for them a while, and asks for a key frame when one did not come.</summary>
internal sealed partial class LossyRig : IAsyncDisposable
{
    private readonly Rig _rig;
    private readonly Crowd _crowd = new();

    private LossyRig(Rig rig, int seed)
    {
        _rig = rig;
        Relay = new LossyRelay(seed, rig.Engine.Ports[0]);
    }

    public LossyRelay Relay { get; }

    public TestViewer Viewer { get; private set; } = null!;

    public ViewerSession Session { get; private set; } = null!;

    public static async Task<LossyRig> StartAsync(
        int seed,
        Action<LossyRelay> prepare,
        SimulatorOptions? simulator = null,
        ReceivingOptions? receiving = null
    )
    {
        var made = new LossyRig(new Rig(options => options with { Loops = 1 }, simulator, onDemand: false), seed);
        prepare(made.Relay);
        var viewer = new TestViewer(seed, receiving ?? new ReceivingOptions { Audio = [] }, TimeSpan.FromSeconds(1));
        var port = PortOf(viewer.Offer);
        var offer = Redirect(viewer.Offer, port, made.Relay.ViewerPort);
        made.Session = await made._rig.Engine.AnswerAsync(
            new ViewerOffer(made._rig.Stream, offer, []),
            TestContext.Current.CancellationToken
        );
        viewer.Accept(Redirect(made.Session.AnswerSdp, made._rig.Engine.Ports[0], made.Relay.EnginePort));
        made._crowd.Add(viewer);
        made.Viewer = viewer;
        await made._crowd.WaitAsync(() => viewer.Shown.Count > 0, "No picture came.", 60);
        return made;
    }

    public Task WaitAsync(double seconds)
    {
        var until = TestViewer.Now + TimeSpan.FromSeconds(seconds);
        return _crowd.WaitAsync(() => TestViewer.Now > until || Session.Events.Completion.IsCompleted, "", seconds + 60);
    }

    /// <summary>Waits until no frame was missing for so many seconds.</summary>
    public async Task ShowsAllAsync(double seconds, double limit)
    {
        var latest = TestViewer.Now + TimeSpan.FromSeconds(limit);
        LossyFigures figures;
        do
        {
            var from = TestViewer.Now;
            await WaitAsync(seconds);
            figures = LossyFigures.Of(this, from, TestViewer.Now);
            Assert.True(TestViewer.Now < latest, $"Frames are still missing. {figures}");
        } while (figures.Missing > 0);
    }

    public async ValueTask DisposeAsync()
    {
        _crowd.Dispose();
        await _rig.DisposeAsync();
        Relay.Dispose();
    }

    private static int PortOf(string offer) => int.Parse(Candidate().Match(offer).Groups["port"].Value, CultureInfo.InvariantCulture);

    private static string Redirect(string description, int from, int to) =>
        Candidate().Replace(description, match => match.Value.Replace($" {from} typ", $" {to} typ", StringComparison.Ordinal));

    [GeneratedRegex(@"a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (?<port>\d+) typ host")]
    private static partial Regex Candidate();
}
