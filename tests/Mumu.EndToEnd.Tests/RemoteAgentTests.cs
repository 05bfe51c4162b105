// Hub and agent as two programs, as on two machines: pairing by code, watching, and both ends going away and coming back.
using System.Text.RegularExpressions;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed partial class RemoteAgentTests(Browser browser)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_device_is_paired_by_its_code_watched_and_outlives_restarts_of_both_ends()
    {
        await using var hub = await Installation.StartAsync("hub");
        await using var agent = await Installation.StartAsync("agent", "--hub", hub.Url);
        await hub.AddUserAsync("olive", "owner");
        await using var app = await CameraPage.SignInAsync(browser, hub.Url, "olive");

        var tile = await PairAsync(app, agent);
        await ComesBackAfterThePlugWasPulledAsync(app, tile, agent);
        await GoesOnWithoutTheHubAsync(app, tile, hub);
    }

    private static async Task<Microsoft.Playwright.ILocator> PairAsync(CameraPage app, Installation agent)
    {
        var code = (await agent.Program.WaitForAsync(Code(), Limit)).Groups["code"].Value.Replace(" ", "", StringComparison.Ordinal);
        var fingerprint = Fingerprint().Match(agent.Program.Output).Groups["hex"].Value;
        await app.By("nav-devices").ClickAsync();
        await app.By("pair-device").ClickAsync();
        await Shots.TakeAsync(app.Page, "pairing-code");
        await app.By("pairing-code").PressSequentiallyAsync(code);
        await app.By("pairing-compare").WaitForAsync();
        Assert.Equal(fingerprint, await app.By("fingerprint").GetAttributeAsync("data-fingerprint"));
        await Shots.TakeAsync(app.Page, "pairing-compare");
        await app.By("fingerprint-matches").ClickAsync();
        await app.WaitForPictureAsync(app.By("preview"));
        await app.By("device-name").FillAsync("Barn");
        await app.By("device-room").FillAsync("Yard");
        await Shots.TakeAsync(app.Page, "pairing-name");
        await app.By("name-save").ClickAsync();
        await app.Page.Locator("[data-testid=device]", new() { HasText = "Barn" }).WaitForAsync();
        await agent.Program.WaitForAsync(Paired(), Limit);
        await app.By("nav-live").ClickAsync();
        var tile = app.Tile("simulator");
        await app.WaitForPictureAsync(tile);
        return tile;
    }

    private static async Task ComesBackAfterThePlugWasPulledAsync(CameraPage app, Microsoft.Playwright.ILocator tile, Installation agent)
    {
        agent.Program.Kill();
        await app.WaitForStateAsync(tile, "offline", Limit);
        await agent.StartAsync();
        await app.WaitForPictureAsync(tile, Limit);
    }

    private async Task GoesOnWithoutTheHubAsync(CameraPage app, Microsoft.Playwright.ILocator tile, Installation hub)
    {
        await hub.StopAsync();
        await app.By("link-lost").WaitForAsync(new() { Timeout = 20_000 });
        var before = await CameraPage.CounterAsync(tile);
        await app.WaitForPictureAsync(tile);
        Assert.True(await CameraPage.CounterAsync(tile) > before);

        await hub.StartAsync();
        await app.By("link-lost").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Detached, Timeout = 60_000 });
        Assert.Equal(1, await app.Page.EvaluateAsync<int>("probe.peers.filter(p => p.connectionState === 'connected').length"));
        await app.WaitForPictureAsync(tile);
        await using var other = await CameraPage.SignInAsync(browser, hub.Url, "olive");
        await other.WaitForPictureAsync(other.Tile("simulator"), Limit);
    }

    [GeneratedRegex(@"Pairing code +(?<code>\d{3} \d{3})[\s\S]*Good until")]
    private static partial Regex Code();

    [GeneratedRegex(@"Fingerprint +(?<hex>[0-9A-F:]{23})")]
    private static partial Regex Fingerprint();

    [GeneratedRegex("Paired with olive")]
    private static partial Regex Paired();
}
