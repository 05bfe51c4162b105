// Every NAT against every other: connected, frames flowing, and the direct path wherever there is one.
using Mumu.Lab.Tests.Calls;
using Mumu.Lab.Tests.Networks;

namespace Mumu.Lab.Tests.Matrix;

/// <summary>One class for each kind of the viewer's side: classes run side by side, each with a home of its own.</summary>
public abstract class MatrixTests(SharedLab lab, ITestOutputHelper output, Nat viewerSide)
{
    public static TheoryData<Nat, TurnKind> Cells()
    {
        var cells = new TheoryData<Nat, TurnKind>();
        foreach (var turn in (TurnKind[])[TurnKind.Coturn])
        {
            foreach (var device in (Nat[])[Nat.Open, Nat.FullCone, Nat.PortRestricted, Nat.Symmetric])
            {
                cells.Add(device, turn);
            }
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_call_plays_by_the_best_path_there_is(Nat deviceSide, TurnKind turn)
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
        var call = await PythonViewer.CallAsync(home, hub, agent.DeviceId, scheme, lab.Certificate);
        lab.Report.Add(turn, deviceSide, viewerSide, call);
        output.WriteLine(call.Account);
        Assert.True(call.IsPlaying, $"{call.Account}\nThe agent:\n{agent.Output}");
        Assert.Equal(Expectations.For(deviceSide, viewerSide), call.IsRelayed ? Expected.Relay : Expected.Direct);
    }
}

public sealed class ViewerWithoutNat(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.Open);

public sealed class ViewerBehindFullCone(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.FullCone);

public sealed class ViewerBehindPortRestricted(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.PortRestricted);

public sealed class ViewerBehindSymmetric(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.Symmetric);

public sealed class ViewerWithoutUdp(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.UdpBlocked);

public sealed class ViewerWithPort443Only(SharedLab lab, ITestOutputHelper output) : MatrixTests(lab, output, Nat.OnlyTcp443);
