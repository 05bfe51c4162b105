// A call by Chromium: Clients/watch.js in a page of the hub.
using System.Text.Json;
using Microsoft.Playwright;
using Mumu.Lab.Tests.Processes;

namespace Mumu.Lab.Tests.Calls;

/// <summary>What <c>call.look</c> tells; times in seconds.</summary>
internal sealed record BrowserView(
    BrowserPair? Pair,
    int Frames,
    double? FirstFrame,
    double? SinceLastFrame,
    double LongestGap,
    string? Failure,
    string[] States
);

/// <summary>The candidate pair in use; <c>Protocol</c> is how the browser speaks to its relay, if there is one.</summary>
internal sealed record BrowserPair(string Local, string Remote, string? LocalAddress, string? RemoteAddress, string? Protocol);

internal sealed class BrowserCall(IPage page) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private static readonly string Script = Path.Combine(Repository.Root, "tests", "Mumu.Lab.Tests", "Clients", "watch.js");

    public static async Task<BrowserCall> StartAsync(Chromium chromium, Hub hub, string deviceId)
    {
        var page = await chromium.OpenAsync($"{hub.Url}/health");
        var script = await File.ReadAllTextAsync(Script);
        await page.EvaluateAsync(
            $"([token, device]) => ({script[script.IndexOf('(', StringComparison.Ordinal)..]})(token, device)",
            new[] { hub.Token, deviceId }
        );
        return new BrowserCall(page);
    }

    public async Task<BrowserView> LookAsync() =>
        (await page.EvaluateAsync<JsonElement>("() => call.look()")).Deserialize<BrowserView>(Web)!;

    /// <summary>Waits until so many more frames have been shown.</summary>
    public async Task<BrowserView> WaitForFramesAsync(int more, TimeSpan? limit = null)
    {
        var before = (await LookAsync()).Frames;
        BrowserView? last = null;
        return await Eventually.ReturnsAsync(
            async () =>
            {
                last = await LookAsync();
                return last.Failure is null
                    ? (last.Frames >= before + more ? last : null)
                    : throw new InvalidOperationException(Describe(last));
            },
            limit ?? Limit,
            () => $"{more} more frames: {Describe(last)}"
        );
    }

    /// <summary>Forgets the gaps so far.</summary>
    public Task ResetGapAsync() => page.EvaluateAsync("() => call.resetGap()");

    public static string Describe(BrowserView? view) => view is null ? "nothing" : $"{view} {string.Join('\n', view.States)}";

    public async ValueTask DisposeAsync()
    {
        await page.EvaluateAsync("() => call.end()");
        await page.Context.CloseAsync();
    }
}
