// The player pages of a path in Chromium: the key is typed, the picture plays, and the key goes into no address.
using Microsoft.Playwright;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class PlayerPageTests(Browser browser, SharedInstallation shared)
{
    private const string Counter = "() => probe.counter(document.querySelector('video'))";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("whep")]
    [InlineData("hls")]
    public async Task A_page_asks_for_a_key_and_plays(string way)
    {
        var installation = shared.Installation;
        var address = way == "whep" ? $"{installation.WhepUrl}/simulator" : $"http://127.0.0.1:{8888 + installation.Offset}/simulator/";
        string[] arguments = ["key", "create", $"page-{way}", "--role", "reader", "--data", installation.DataDirectory];
        var key = (await RunningProgram.RunAsync(arguments)).Trim();
        await using var app = await CameraPage.OpenAsync(browser, address);
        var page = app.Page;
        var said = new List<string>();
        var asked = new List<string>();
        page.Console += (_, message) => said.Add(message.Text);
        page.PageError += (_, error) => said.Add(error);
        page.Request += (_, request) => asked.Add(request.Url);

        await page.GotoAsync(address);
        var field = page.GetByRole(AriaRole.Textbox, new() { Name = "API key" });
        await field.WaitForAsync();
        await page.GetByText("This camera needs an API key.").WaitForAsync();
        await Shots.TakeAsync(page, $"page-{way}-key");
        await field.FillAsync("wrong");
        await field.PressAsync("Enter");
        await page.GetByText("This key is not valid.").WaitForAsync();
        await field.FillAsync(key);
        await field.PressAsync("Enter");

        // The number that is burnt into the picture goes up: it is the camera's, and it moves.
        var first = default(long?);
        await Eventually.ReturnsAsync(
            async () =>
            {
                var number = await page.EvaluateAsync<long?>(Counter);
                first ??= number;
                var state = await page.Locator("body").GetAttributeAsync("data-state");
                return state == "live" && number > first + 20 ? state : null;
            },
            Limit,
            () => $"a moving picture; the page said: {string.Join('\n', said)}"
        );
        await page.WaitForFunctionAsync("() => getComputedStyle(document.querySelector('video')).opacity === '1'");
        await Shots.TakeAsync(page, $"page-{way}-live");
        Assert.True(await page.Locator("#panel").IsHiddenAsync());
        Assert.All(asked.ToArray(), url => Assert.DoesNotContain(key, url, StringComparison.Ordinal));
        Assert.DoesNotContain(said.ToArray(), line => line.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(key, installation.Program.Output, StringComparison.Ordinal);

        // The tab keeps the key: another page of the same door plays at once, or says what is wrong.
        await page.GotoAsync(address.Replace("simulator", "attic", StringComparison.Ordinal));
        await page.GetByText("There is no such camera.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Try now" }).WaitForAsync();
        await Shots.TakeAsync(page, $"page-{way}-nothing");
    }

    [Fact]
    public async Task A_page_says_that_the_server_is_away_and_plays_again_when_it_is_back()
    {
        await using var installation = await Installation.StartAsync("up");
        string[] arguments = ["key", "create", "wall", "--role", "reader", "--data", installation.DataDirectory];
        var key = (await RunningProgram.RunAsync(arguments)).Trim();
        await using var app = await CameraPage.OpenAsync(browser, installation.WhepUrl);
        await app.Page.GotoAsync("/simulator");
        await app.Page.GetByRole(AriaRole.Textbox, new() { Name = "API key" }).FillAsync(key);
        await app.Page.Keyboard.PressAsync("Enter");
        await StateAsync(app.Page, "live");
        await installation.StopAsync();
        await app.Page.GetByText("The server does not answer.").WaitForAsync(new() { Timeout = (float)Limit.TotalMilliseconds });
        await installation.StartAsync();
        await StateAsync(app.Page, "live");
    }

    private static Task StateAsync(IPage page, string state) =>
        page.Locator($"body[data-state={state}]").WaitForAsync(new() { Timeout = (float)Limit.TotalMilliseconds });
}
