// The path changes in the middle of a call: how long the picture stands still.
using Mumu.Lab.Tests.Calls;
using Mumu.Lab.Tests.Matrix;
using Mumu.Lab.Tests.Networks;
using Mumu.Lab.Tests.Processes;

namespace Mumu.Lab.Tests;

/// <summary>Times are asserted, so nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(PathChangeTests), DisableParallelization = true)]
public sealed class PathChangeCollection;

[Collection(nameof(PathChangeTests))]
public sealed class PathChangeTests(SharedLab lab, ITestOutputHelper output)
{
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_router_that_maps_anew_interrupts_only_for_a_moment(bool isViewers)
    {
        await using var scene = await Scene.StartAsync(lab, Nat.PortRestricted, Nat.PortRestricted);
        var before = await scene.Call.WaitForFramesAsync(60);
        await scene.Call.ResetGapAsync();
        var home = isViewers ? scene.ViewerHome : scene.AgentHome;
        await home.ApplyAsync(RouterRules.PortRestrictedAt("30000-30999"));
        await home.ForgetMappingsAsync();
        await JudgeAsync(scene, $"the {(isViewers ? "viewer" : "device")}'s router maps anew", before.Pair);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_router_that_forgets_its_mappings_is_hardly_noticed(bool isViewers)
    {
        await using var scene = isViewers
            ? await Scene.StartAsync(lab, Nat.FullCone, Nat.Symmetric)
            : await Scene.StartAsync(lab, Nat.Symmetric, Nat.FullCone);
        var before = await scene.Call.WaitForFramesAsync(60);
        await scene.Call.ResetGapAsync();
        await (isViewers ? scene.ViewerHome : scene.AgentHome).ForgetMappingsAsync();
        await JudgeAsync(scene, $"the {(isViewers ? "viewer" : "device")}'s symmetric NAT forgets its mappings", before.Pair);
    }

    [Fact]
    public async Task A_dead_relay_is_left_for_another()
    {
        await using var coturn = await Coturn.StartAsync(
            lab.Internet.Middle,
            Addresses.MortalCoturn,
            Addresses.MortalCoturn,
            Addresses.TurnSecret,
            lab.Certificate
        );
        await using var turn = await TurnServer.StartAsync(
            lab.Internet.Middle,
            Addresses.MortalTurn,
            Addresses.TurnSecret,
            lab.Certificate
        );
        await using var hub = await Hub.StartAsync(
            lab.Internet.Middle,
            Addresses.TwoRelaysHub,
            SharedLab.TurnSettings([Addresses.MortalCoturn, Addresses.MortalTurn]),
            lab.Certificate
        );
        await using var scene = await Scene.StartAsync(lab, hub, Nat.Symmetric, Nat.Symmetric);
        var before = await scene.Call.WaitForFramesAsync(60);
        await scene.Call.ResetGapAsync();
        Assert.Equal("relay", before.Pair?.Local);
        var dead = before.Pair!.LocalAddress!;
        await lab.Internet.RemoveAddressAsync(dead);
        try
        {
            await JudgeAsync(scene, "the relay in use dies, another is there", before.Pair);
        }
        finally
        {
            await lab.Internet.AddAddressAsync(dead);
        }
    }

    // The hub has other devices on show; so this one has a hub of its own.
    [Fact]
    public async Task The_web_app_goes_on_when_the_viewer_changes_networks()
    {
        await using var hub = await Hub.StartAsync(
            lab.Internet.Middle,
            Addresses.TwoRelaysHub,
            SharedLab.TurnSettings([Addresses.Coturn]),
            lab.Certificate
        );
        await lab.CoturnAsync();
        using var agentHome = await lab.Internet.AddHomeAsync(Nat.PortRestricted, "device");
        using var viewerHome = await lab.Internet.AddHomeAsync(Nat.PortRestricted, "roamer");
        using var otherNetwork = await lab.Internet.AddHomeAsync(Nat.Symmetric, "mobile");
        await otherNetwork.LendLineAsync(viewerHome);
        await using var agent = await Agent.StartAsync(agentHome, hub, 0, lab.Certificate);
        await using var chromium = await Chromium.StartAsync(viewerHome, lab.Certificate);
        await using var app = await WebAppPage.WatchAsync(chromium, hub);
        await app.ResetGapAsync();
        await viewerHome.ChangeLineAsync();
        var (gap, log) = await app.WaitForFramesAsync(150, TimeSpan.FromSeconds(60));
        output.WriteLine($"{log}\n{agent.Output}");
        lab.Report.AddRecovery("the viewer moves to another network (web app)", gap);
        Assert.True(gap < LongestGap, $"The picture stood still for {gap.TotalSeconds:0.0} s.");
    }

    // Frames flow again, and no gap was too long.
    private async Task JudgeAsync(Scene scene, string what, BrowserPair? before)
    {
        var after = await scene.Call.WaitForFramesAsync(150, TimeSpan.FromSeconds(40));
        output.WriteLine($"{what}: {after.LongestGap:0.00} s\n{before}\n{BrowserCall.Describe(after)}\nThe agent:\n{scene.Agent.Output}");
        var gap = TimeSpan.FromSeconds(after.LongestGap);
        lab.Report.AddRecovery(what, gap);
        Assert.True(gap < LongestGap, $"The picture stood still for {gap.TotalSeconds:0.0} s.");
    }
}
