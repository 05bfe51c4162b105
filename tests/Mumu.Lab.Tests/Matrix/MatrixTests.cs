// Every NAT against every other: connected, frames flowing, and the direct path wherever there is one.
using Mumu.Lab.Tests.Calls;
using Mumu.Lab.Tests.Networks;
using Mumu.Lab.Tests.Processes;

namespace Mumu.Lab.Tests.Matrix;

/// <summary>One class for each kind of the viewer's side: classes run side by side, each with a home of its own.</summary>
public abstract class MatrixTests(SharedLab lab, ITestOutputHelper output, Nat viewerSide)
{
    private const string Aiortc = "aiortc";

    public static TheoryData<Nat, TurnKind> Cells()
    {
        var cells = new TheoryData<Nat, TurnKind>();
        foreach (var turn in Enum.GetValues<TurnKind>())
        {
            foreach (var device in Enum.GetValues<Nat>())
            {
                cells.Add(device, turn);
            }
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Aiortc_plays_by_the_best_path_there_is(Nat deviceSide, TurnKind turn)
    {
        var agent = await lab.AgentAsync(deviceSide, turn);
        var home = await lab.HomeAsync(viewerSide, forViewer: true);
        var hub = await lab.HubAsync(turn);
        var scheme = viewerSide switch
        {
            Nat.OnlyTcp443 => "tls",
            Nat.UdpBlocked => "tcp",
            _ => "udp",
        };
        var expected = Expectations.For(deviceSide, viewerSide, viewerSpeaksTcp: false);
        var call = await PythonViewer.CallAsync(home, hub, agent.DeviceId, scheme, expected == Expected.Direct, lab.Certificate);
        Judge(Aiortc, deviceSide, turn, call, agent, expected);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Chromium_plays_by_the_best_path_there_is(Nat deviceSide, TurnKind turn)
    {
        var agent = await lab.AgentAsync(deviceSide, turn);
        var hub = await lab.HubAsync(turn);
        var chromium = await lab.ChromiumAsync(viewerSide);
        var expected = Expectations.For(deviceSide, viewerSide, viewerSpeaksTcp: true);
        var call = await BrowserViewer.CallAsync(chromium, hub, agent.DeviceId, isDirectExpected: expected == Expected.Direct);
        Judge(Report.Browser, deviceSide, turn, call, agent, expected);
    }

    private void Judge(string viewer, Nat deviceSide, TurnKind turn, CallResult call, Agent agent, Expected expected)
    {
        lab.Report.Add(viewer, turn, deviceSide, viewerSide, call);
        output.WriteLine($"{call.Pair} {call.FirstFrame}\n{call.Account}");
        Assert.True(call.IsPlaying, $"{call.Account}\nThe agent:\n{agent.Output}");
        if (expected != Expected.DirectByTcpOrRelay)
        {
            Assert.True(
                call.IsRelayed == (expected == Expected.Relay),
                $"{expected} was expected.\n{call.Account}\nThe agent:\n{agent.Output}"
            );
        }
    }
}

public sealed class ViewerWithoutNat(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.Open);

public sealed class ViewerBehindFullCone(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.FullCone);

public sealed class ViewerBehindPortRestricted(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.PortRestricted);

public sealed class ViewerBehindSymmetric(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.Symmetric);

public sealed class ViewerWithoutUdp(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.UdpBlocked);

public sealed class ViewerWithPort443Only(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.OnlyTcp443);
