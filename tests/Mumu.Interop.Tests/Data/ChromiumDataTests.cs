// Data channels between the engine and a real Chromium.
using System.Text.Json;
using Microsoft.Playwright;
using Mumu.Interop.Tests.Rtsp;

namespace Mumu.Interop.Tests.Data;

public sealed class ChromiumDataTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Origin = "http://127.0.0.1:1/"; // answered by the test, so that the page counts as a secure one
    private static readonly object[] s_everyKind =
    [
        new { label = "echo ordered", init = new { } },
        new { label = "echo unordered", init = new { ordered = false } },
        new { label = "echo once", init = new { ordered = false, maxRetransmits = 0 } },
        new { label = "echo thrice", init = new { maxRetransmits = 3 } },
        new { label = "echo timed", init = new { maxPacketLifeTime = 3000 } },
        new { label = "hash", init = new { protocol = "sha-256" } },
    ];
    private readonly DataHost _host = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IPage? _page;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Programs.Find("chromium", "chromium"),
                Headless = true,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--allow-loopback-in-peer-connection",
                    "--proxy-server=direct://",
                    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                ],
            }
        );
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { Permissions = ["camera", "microphone"] });
        context.SetDefaultTimeout(30_000);
        _page = await context.NewPageAsync();
        await _page.RouteAsync(
            "**/*",
            route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<!doctype html>" })
        );
        await _page.AddInitScriptAsync(scriptPath: Programs.InRepository("tests", "Mumu.Interop.Tests", "Data", "clients", "channels.js"));
        await _page.GotoAsync(Origin);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Channels_of_every_kind_give_back_what_was_sent(bool withVideo)
    {
        await ConnectAsync(s_everyKind, withVideo);
        var sizes = new[] { 1, 2, 100, 1135, 1200, 5000, 16_384, 65_535, 100_000, 262_144 };
        await ExchangeAsync(s_everyKind.Length, sizes);

        var kinds = _host.Opened.ToDictionary(channel => channel.Label, channel => channel.Setup);
        Assert.False(kinds["echo unordered"].IsOrdered);
        Assert.Equal(0, (int)kinds["echo once"].MaxRetransmits!);
        Assert.Equal(3, (int)kinds["echo thrice"].MaxRetransmits!);
        Assert.Equal(TimeSpan.FromSeconds(3), kinds["echo timed"].MaxLife);
        Assert.Equal("sha-256", kinds["hash"].Protocol);

        Assert.True(await RunAsync<bool>("close"));
        await Eventually(() => _host.Closed.Count == s_everyKind.Length, "The channels did not close here.");
        var again = await RunAsync<JsonElement>("reopen", "echo again");
        Assert.Equal("again", again.GetProperty("answer").GetString());
    }

    [Fact]
    public async Task Channels_that_we_open_arrive_as_they_are()
    {
        await ConnectAsync([new { label = "open", init = new { } }], withVideo: false);
        Assert.True(await RunAsync<bool>("say", "open", "please"));
        await Eventually(async () => (await RunAsync<string[]>("kinds")).Length == 4, "Our channels did not come.");
        Assert.Equal(
            [
                "ours once||false|0|null|open",
                "ours ordered|test|true|null|null|open",
                "ours timed||true|null|700|open",
                "ours unordered||false|null|null|open",
            ],
            await RunAsync<string[]>("kinds")
        );
        await Eventually(() => _host.Opened.Count == 5, "The browser did not confirm them.");
    }

    [Fact]
    public async Task A_hundred_channels_work_at_once()
    {
        var kinds = Enumerable
            .Range(0, 100)
            .Select(i => new { label = $"echo {i}", init = new { ordered = i % 2 == 0 } })
            .ToArray<object>();
        await ConnectAsync(kinds, withVideo: false);
        await ExchangeAsync(100, 1, 3000, 30_000);
    }

    [Fact]
    public async Task A_path_that_loses_hurts_only_channels_that_may_lose()
    {
        await using var relay = new LossyRelay(0.03);
        await ConnectAsync(s_everyKind, withVideo: true, relay);
        await ExchangeAsync(s_everyKind.Length, 1, 1000, 5000, 60_000, 262_144);
        Assert.True(relay.Lost > 20, $"The path lost {relay.Lost} packets.");
    }

    [Theory]
    [InlineData("flood", 262_144)]
    [InlineData("flood", 16_384)]
    [InlineData("sink", 262_144)]
    [InlineData("sink", 16_384)]
    public async Task A_long_stream_arrives_whole(string direction, int size)
    {
        await ConnectAsync([new { label = direction, init = new { } }], withVideo: false);
        const int bytes = 64 * 1024 * 1024;
        var result = await RunAsync<JsonElement>(direction, direction, bytes, size);
        Assert.True(result.GetProperty("right").GetBoolean());
        Assert.Equal(bytes, result.GetProperty("bytes").GetInt32());
        output.WriteLine($"{direction}, messages of {size}: {bytes / 1e6 / result.GetProperty("seconds").GetDouble():0.0} MB/s");
    }

    /// <summary>Reliable channels give everything back; those with limits may lose messages even here, where a busy machine drops packets.</summary>
    private async Task ExchangeAsync(int channels, params int[] sizes)
    {
        var result = await RunAsync<JsonElement>("exchange", sizes);
        var (got, lost) = (result.GetProperty("checked").GetInt32(), result.GetProperty("lost").GetInt32());
        output.WriteLine($"{got} messages came back, {lost} were lost.");
        Assert.Equal(channels * (sizes.Length + 1), got + lost);
        Assert.True(got > lost);
    }

    private async Task ConnectAsync(object[] kinds, bool withVideo, LossyRelay? relay = null)
    {
        var offer = await RunAsync<string>("offer", kinds, withVideo);
        var session = await _host.AnswerAsync(relay is null ? offer : LossyRelay.Strip(offer));
        Assert.Equal(262_144, await RunAsync<int>("accept", relay?.Redirect(session.AnswerSdp) ?? session.AnswerSdp));
    }

    private async Task<T> RunAsync<T>(string function, params object[] arguments) =>
        await _page!
            .EvaluateAsync<T>("([name, args]) => probe[name](...args)", new object[] { function, arguments })
            .WaitAsync(TimeSpan.FromSeconds(90));

    private static Task Eventually(Func<bool> condition, string otherwise) => Eventually(() => Task.FromResult(condition()), otherwise);

    private static async Task Eventually(Func<Task<bool>> condition, string otherwise)
    {
        var limit = Environment.TickCount64 + 30_000;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < limit, otherwise);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
