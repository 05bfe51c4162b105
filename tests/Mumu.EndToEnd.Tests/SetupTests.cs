// A first start: the printed link, the owner's account, and a live picture.
using Microsoft.Playwright;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class SetupTests(Browser browser, ITestOutputHelper output)
{
    [Fact]
    public async Task The_printed_link_makes_an_owner_who_sees_the_simulator_play_at_its_rate()
    {
        await using var installation = await Installation.StartAsync("up");
        await using var app = await CameraPage.OpenAsync(browser, installation.Url);
        await app.Page.GotoAsync("/");
        await app.By("setup-no-token").WaitForAsync();
        await app.Page.GotoAsync(installation.SetupUrl);
        await app.By("username").FillAsync("ada");
        await app.By("password").FillAsync(Installation.Password);
        await app.By("submit").ClickAsync();

        var tile = app.Tile("simulator");
        await app.WaitForPictureAsync(tile);
        var (all, play) = (await app.BetweenAsync("submit", "picture"), await app.BetweenAsync("tile", "picture"));
        output.WriteLine($"From the form's submit to the first picture {all:0} ms, from the tile {play:0} ms.");
        Assert.InRange(all, 0, 15_000);
        await FollowsTheSourceAsync(app, tile);
        await Shots.TakeAsync(app.Page, "grid");
        await TheLinkWorksOnceAsync(installation);
    }

    private async Task FollowsTheSourceAsync(CameraPage app, ILocator tile)
    {
        var seen = await app.FollowUntilAsync(tile, f => f.IsInStep && f.Rate is > 25.5 and < 34.5);
        output.WriteLine($"{seen} {seen.Rate:0.0}/s");
        Assert.InRange(seen.Different, seen.Looked / 2, int.MaxValue);
    }

    private async Task TheLinkWorksOnceAsync(Installation installation)
    {
        var token = installation.SetupUrl.Split('#')[1];
        var again = new
        {
            setup_token = token,
            username = "eve",
            password = Installation.Password,
        };
        var (status, body) = await installation.SendAsync(HttpMethod.Post, "/api/setup", again);
        Assert.Equal(409, status);
        Assert.NotEmpty(body.GetProperty("detail").GetString()!);
        await using var other = await CameraPage.OpenAsync(browser, installation.Url);
        await other.Page.GotoAsync(installation.SetupUrl);
        await other.By("login-form").WaitForAsync();
    }
}
