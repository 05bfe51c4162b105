// The web app in one browser page, by what people see and do there.
using System.Text.Json;
using Microsoft.Playwright;

namespace Mumu.EndToEnd.Tests.Harness;

/// <summary>What <c>probe.follow</c> saw.</summary>
internal sealed record Following(double Seconds, int Decoded, int Counted, int Looked, int Backwards, int Different)
{
    public double Rate => Decoded / Seconds;

    /// <summary>Every decoded frame was the next one: what is burnt in grew as fast as what was decoded, but for a few on their way to the screen.</summary>
    public bool IsInStep => Math.Abs(Counted - Decoded) <= 6;
}

internal sealed class CameraPage(IBrowserContext context, IPage page) : IAsyncDisposable
{
    private static readonly TimeSpan PlayLimit = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public IPage Page => page;

    /// <summary>A fresh profile on the given server.</summary>
    public static async Task<CameraPage> OpenAsync(Browser browser, string url)
    {
        var context = await browser.NewContextAsync(url);
        await context.AddInitScriptAsync(PageScript.Text);
        return new CameraPage(context, await context.NewPageAsync());
    }

    /// <summary>A fresh profile, signed in by the cookie that a sign-in gives.</summary>
    public static async Task<CameraPage> SignInAsync(Browser browser, string url, string user)
    {
        var page = await OpenAsync(browser, url);
        var reply = await page.Page.Context.APIRequest.PostAsync(
            $"{url}/api/auth/login",
            new APIRequestContextOptions { DataObject = new { username = user, password = Installation.Password } }
        );
        Assert.True(reply.Ok, await reply.TextAsync());
        await page.Page.GotoAsync("/");
        await page.By("nav-live").WaitForAsync();
        return page;
    }

    public async Task FillSignInAsync(string user)
    {
        await By("username").FillAsync(user);
        await By("password").FillAsync(Installation.Password);
        await By("submit").ClickAsync();
    }

    public ILocator By(string testId) => page.GetByTestId(testId);

    public ILocator Tile(string camera) => page.Locator($"[data-testid=tile][data-camera='{camera}']");

    /// <summary>The tile of the only camera of a device, or of a device that lists none.</summary>
    public ILocator DeviceTile(string device) => page.Locator($"[data-testid=tile][data-device='{device}']");

    /// <summary>Waits until something that has a state (tile, viewer, preview) is in it.</summary>
    public Task WaitForStateAsync(ILocator shown, string state, TimeSpan? limit = null) =>
        Eventually.ReturnsAsync(
            async () => await StateAsync(shown) == state ? state : null,
            limit ?? PlayLimit,
            () => $"state {state}; it is {StateAsync(shown).GetAwaiter().GetResult()}"
        );

    /// <summary>Waits until a picture has been shown and new ones keep coming.</summary>
    public async Task WaitForPictureAsync(ILocator shown, TimeSpan? limit = null)
    {
        await WaitForStateAsync(shown, "live", limit);
        var before = await FramesAsync(shown);
        await Eventually.IsTrueAsync(async () => await FramesAsync(shown) >= before + 5, PlayLimit, "five more pictures");
    }

    /// <summary>How many pictures its video element has shown.</summary>
    public static async Task<int> FramesAsync(ILocator shown) =>
        int.TryParse(await shown.GetByTestId("video").GetAttributeAsync("data-frames"), out var frames) ? frames : 0;

    /// <summary>Follows the picture, three seconds at a time, until what it sees is right. It must never go backwards.</summary>
    /// <remarks>A machine with other work may spoil a few of these; a program that can't keep up spoils all of them.</remarks>
    public async Task<Following> FollowUntilAsync(ILocator shown, Predicate<Following> isRight)
    {
        var spoiled = new List<Following>();
        while (spoiled.Count < 12)
        {
            var seen = (await FollowAsync(shown, TimeSpan.FromSeconds(3)))!;
            Assert.Equal(0, seen.Backwards);
            if (isRight(seen))
            {
                return seen;
            }
            spoiled.Add(seen);
        }
        throw new TimeoutException($"The picture never kept up:\n{string.Join('\n', spoiled)}");
    }

    /// <summary>The number of the picture that is on screen.</summary>
    public static Task<long?> CounterAsync(ILocator shown) =>
        shown.GetByTestId("video").EvaluateAsync<long?>("video => probe.counter(video)");

    /// <summary>Milliseconds between two moments that the page noted: submit, tile, picture.</summary>
    public Task<double> BetweenAsync(string from, string to) =>
        page.EvaluateAsync<double>("([from, to]) => probe.times[to] - probe.times[from]", new[] { from, to });

    public ValueTask DisposeAsync() => context.DisposeAsync();

    private static async Task<Following?> FollowAsync(ILocator shown, TimeSpan time)
    {
        var seen = await shown
            .GetByTestId("video")
            .EvaluateAsync<JsonElement>("(video, milliseconds) => probe.follow(video, milliseconds)", time.TotalMilliseconds);
        return seen.Deserialize<Following>(Web);
    }

    private static async Task<string> StateAsync(ILocator shown)
    {
        if (await shown.CountAsync() == 0)
        {
            return "nowhere";
        }
        var state = await shown.First.GetAttributeAsync("data-state") ?? "";
        return state;
    }
}
