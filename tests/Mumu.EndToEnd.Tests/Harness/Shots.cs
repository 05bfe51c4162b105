// Screenshots for people to look at, when MUMU_SHOTS names a folder.
using Microsoft.Playwright;

namespace Mumu.EndToEnd.Tests.Harness;

internal static class Shots
{
    public static async Task TakeAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("MUMU_SHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}
