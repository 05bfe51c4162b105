// The web app itself in a browser of a home, by what a person sees there.
using System.Text.Json;
using Microsoft.Playwright;
using Mumu.Lab.Tests.Processes;

namespace Mumu.Lab.Tests.Calls;

internal sealed class WebAppPage(IPage page) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    // Notes every picture that any video element shows, whatever the app does with its elements.
    private const string Watch = """
        (() => {
          const seen = (window.seen = { frames: 0, last: null, longestGap: 0, log: [] });
          const known = new WeakSet();
          const onFrame = (video, now) => {
            if (seen.last !== null) seen.longestGap = Math.max(seen.longestGap, now - seen.last);
            seen.last = now;
            seen.frames += 1;
            video.requestVideoFrameCallback((at) => onFrame(video, at));
          };
          let state = null;
          setInterval(() => {
            for (const video of document.querySelectorAll("video"))
              if (!known.has(video)) {
                known.add(video);
                video.requestVideoFrameCallback((at) => onFrame(video, at));
              }
            const now = document.querySelector("[data-testid=tile]")?.dataset.state;
            if (now !== state) seen.log.push(`${Math.round(performance.now())} ${(state = now)}`);
          }, 50);
          for (const name of ["online", "offline"]) window.addEventListener(name, () => seen.log.push(`${Math.round(performance.now())} ${name}`));
          const Native = window.RTCPeerConnection;
          window.RTCPeerConnection = class extends Native {
            constructor(...args) {
              super(...args);
              seen.log.push(`${Math.round(performance.now())} a new connection`);
              this.addEventListener("iceconnectionstatechange", () => seen.log.push(`${Math.round(performance.now())} ice ${this.iceConnectionState}`));
            }
          };
          const Socket = window.WebSocket;
          window.WebSocket = class extends Socket {
            constructor(...args) {
              super(...args);
              seen.log.push(`${Math.round(performance.now())} a new socket`);
              this.addEventListener("open", () => seen.log.push(`${Math.round(performance.now())} socket open`));
              this.addEventListener("close", () => seen.log.push(`${Math.round(performance.now())} socket closed`));
            }
          };
        })()
        """;

    /// <summary>Signs in and waits until the picture moves.</summary>
    public static async Task<WebAppPage> WatchAsync(Chromium chromium, Hub hub)
    {
        var page = await chromium.OpenAsync(hub.Url, Watch);
        await page.GetByTestId("username").FillAsync(Hub.UserName);
        await page.GetByTestId("password").FillAsync(Hub.Password);
        await page.GetByTestId("submit").ClickAsync();
        var app = new WebAppPage(page);
        await app.WaitForFramesAsync(60, Limit);
        return app;
    }

    /// <summary>Waits for so many more pictures; the longest gap so far.</summary>
    public async Task<(TimeSpan LongestGap, string Log)> WaitForFramesAsync(int more, TimeSpan limit)
    {
        var before = await FramesAsync();
        await Eventually.ReturnsAsync(
            async () => await FramesAsync() >= before + more ? "yes" : null,
            limit,
            () => $"{more} more pictures:\n{LogAsync().GetAwaiter().GetResult()}"
        );
        return (TimeSpan.FromMilliseconds(await page.EvaluateAsync<double>("() => seen.longestGap")), await LogAsync());
    }

    /// <summary>The gaps so far do not count.</summary>
    public Task ResetGapAsync() =>
        page.EvaluateAsync("() => { seen.longestGap = 0; seen.log.push(`${Math.round(performance.now())} now`); }");

    public async Task<string> LogAsync() => string.Join('\n', (await page.EvaluateAsync<JsonElement>("() => seen.log")).EnumerateArray());

    public async ValueTask DisposeAsync() => await page.Context.CloseAsync();

    private Task<int> FramesAsync() => page.EvaluateAsync<int>("() => seen.frames");
}
