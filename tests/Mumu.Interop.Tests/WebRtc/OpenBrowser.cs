// A Chromium for one test.
using Microsoft.Playwright;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.Interop.Tests.WebRtc;

internal sealed class OpenBrowser : IAsyncDisposable
{
    /// <summary>The collection of tests that have a browser encode and decode: one at a time.</summary>
    public const string Alone = "browser";

    private readonly Browser _browser = new();

    public static async Task<OpenBrowser> StartAsync()
    {
        var open = new OpenBrowser();
        await open._browser.InitializeAsync();
        return open;
    }

    /// <summary>A page of a fresh profile on the given server.</summary>
    public async Task<IPage> OpenAsync(string url)
    {
        var page = await (await _browser.NewContextAsync(url)).NewPageAsync();
        await page.GotoAsync("/");
        return page;
    }

    /// <summary>An empty page of a fresh profile that has the given server as its origin, which need not serve one.</summary>
    public async Task<IPage> OpenEmptyAsync(string url)
    {
        var page = await (await _browser.NewContextAsync(url)).NewPageAsync();
        await page.RouteAsync(
            $"{url}/",
            route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><body></body>" })
        );
        await page.GotoAsync("/");
        return page;
    }

    public ValueTask DisposeAsync() => _browser.DisposeAsync();
}
