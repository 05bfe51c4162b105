// A headless Chromium in a home.
using Microsoft.Playwright;
using Mumu.Lab.Tests.Networks;
using Mumu.Lab.Tests.Processes;

namespace Mumu.Lab.Tests.Calls;

internal sealed class Chromium(IPlaywright playwright, IBrowser browser, TemporaryFolder folder) : IAsyncDisposable
{
    private static readonly string[] Flags =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--autoplay-policy=no-user-gesture-required",
        "--proxy-server=direct://",
    ];

    public static async Task<Chromium> StartAsync(Home home, Certificate certificate)
    {
        var folder = new TemporaryFolder();
        // Playwright starts one file; this one enters the namespace first. The pipe by which it speaks to the browser is inherited.
        var starter = Path.Combine(folder.Path, "chromium");
        await File.WriteAllTextAsync(starter, $"#!/bin/sh\nexec ip {string.Join(' ', home.Host.Inside("/usr/bin/chromium"))} \"$@\"\n");
        File.SetUnixFileMode(starter, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = starter,
                Headless = true,
                Args = [.. Flags, $"--ignore-certificate-errors-spki-list={certificate.PublicKeyHash}"],
            }
        );
        return new Chromium(playwright, browser, folder);
    }

    /// <summary>A page of a fresh profile, with a script that runs before its own.</summary>
    public async Task<IPage> OpenAsync(string address, string? script = null)
    {
        var context = await browser.NewContextAsync();
        context.SetDefaultTimeout(15_000);
        if (script is not null)
        {
            await context.AddInitScriptAsync(script);
        }
        var page = await context.NewPageAsync();
        await page.GotoAsync(address);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        folder.Dispose();
    }
}
