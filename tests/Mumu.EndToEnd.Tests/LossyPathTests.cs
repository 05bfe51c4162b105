// Chromium over a bad network: what is lost is repaired, and a path that narrows costs frames, not time.
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Lossy;

namespace Mumu.EndToEnd.Tests;

public sealed partial class LossyPathTests(Browser browser, SharedInstallation shared, ITestOutputHelper output)
{
    // Without candidates in the offer the engine learns the viewer's address from its checks alone, which come through the relay.
    private const string Offer = """
        async ([url, key]) => {
          const peer = (window.peer = new RTCPeerConnection());
          peer.addTransceiver("video", { direction: "recvonly" });
          const video = document.querySelector("video");
          peer.ontrack = (event) => { video.srcObject = new MediaStream([event.track]); };
          window.shown = [];
          const look = (now) => { window.shown.push(now); video.requestVideoFrameCallback(look); };
          video.requestVideoFrameCallback(look);
          await peer.setLocalDescription();
          const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/sdp" };
          const body = peer.localDescription.sdp.split("\r\n").filter((line) => !line.startsWith("a=candidate")).join("\r\n");
          const reply = await fetch(url, { method: "POST", headers, body });
          return reply.text();
        }
        """;

    private const string Figures = """
        async (earlier) => {
          const reports = [...(await peer.getStats()).values()];
          const video = reports.find((report) => report.type === "inbound-rtp" && report.kind === "video");
          const path = reports.find((report) => report.type === "candidate-pair" && report.nominated);
          return { now: performance.now(), shown: window.shown, decoded: video.framesDecoded, freezes: video.freezeCount,
            lost: video.packetsLost, repaired: video.retransmittedPacketsReceived, nacks: video.nackCount, plis: video.pliCount,
            roundTrip: path?.currentRoundTripTime, bytes: video.bytesReceived,
            received: video.bytesReceived - earlier };
        }
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Chromium_shows_every_second_of_a_stream_that_loses_five_percent()
    {
        await using var other = await OtherOrigin.StartAsync();
        await using var app = await CameraPage.OpenAsync(browser, other.Url);
        using var relay = await BeginAsync(app, "lossy");
        relay.Delay = TimeSpan.FromMilliseconds(50);
        relay.Jitter = TimeSpan.FromMilliseconds(10);
        relay.Loss = 0.05;
        await AcceptAsync(app, relay);
        await ShowsAsync(app, "shown.length >= 30", "thirty frames");
        var (gap, frames, figures) = await ObserveAsync(app, seconds: 15);

        Assert.True(figures.GetProperty("repaired").GetInt64() > 50);
        Assert.True(figures.GetProperty("roundTrip").GetDouble() > 0.09, "It did not go through the relay.");
        // How short is bench/lossy.sh's matter: here a busy machine may hold the browser up.
        Assert.True(gap < 3_000, $"The picture stood for {gap:0} ms.");
        Assert.True(frames > 10 * 15, $"{frames} frames");
    }

    [Fact]
    public async Task Chromium_goes_on_with_fewer_frames_on_a_narrow_path_and_gets_all_again()
    {
        await using var other = await OtherOrigin.StartAsync();
        await using var app = await CameraPage.OpenAsync(browser, other.Url);
        using var relay = await BeginAsync(app, "narrow");
        relay.Delay = TimeSpan.FromMilliseconds(20);
        await AcceptAsync(app, relay);
        await ShowsAsync(app, "shown.length >= 60", "sixty frames");
        var (_, _, free) = await ObserveAsync(app, seconds: 4);
        relay.Rate = free.GetProperty("received").GetInt64() / 4_000.0 * 0.5;
        await ShowsAsync(app, $"{Recent} < 20", "fewer frames on the narrow path");
        relay.LongestQueue = TimeSpan.Zero;
        var (_, thin, _) = await ObserveAsync(app, seconds: 10);
        var queue = relay.LongestQueue;
        relay.Rate = 0;
        await ShowsAsync(app, $"{Recent} > 20", "all frames on the wide path");
        var (gap, full, _) = await ObserveAsync(app, seconds: 6);

        output.WriteLine($"{relay.Rate:0} B/ms: {thin} frames in 10 s, queue at most {queue.TotalMilliseconds:0} ms; then {full} in 6 s");
        Assert.InRange(thin, 10, 250);
        Assert.True(full > 6 * 12 && gap < 3_000, $"{full} frames, {gap:0} ms");
    }

    private async Task<LossyRelay> BeginAsync(CameraPage app, string name)
    {
        string[] arguments = ["key", "create", name, "--role", "reader", "--data", shared.Installation.DataDirectory];
        var key = (await RunningProgram.RunAsync(arguments)).Trim();
        await app.Page.GotoAsync("/");
        _answer = await app.Page.EvaluateAsync<string>(Offer, new[] { $"{shared.Installation.WhepUrl}/simulator/whep", key });
        var port = int.Parse(Candidate().Match(_answer).Groups["port"].Value, CultureInfo.InvariantCulture);
        return new LossyRelay(1, port);
    }

    private string _answer = "";

    private async Task AcceptAsync(CameraPage app, LossyRelay relay)
    {
        var isFirst = true;
        var answer = Candidate()
            .Replace(
                _answer,
                _ =>
                {
                    var line = isFirst ? $"a=candidate:1 1 udp 2130706431 127.0.0.1 {relay.EnginePort} typ host" : "";
                    isFirst = false;
                    return line;
                }
            );
        answer = string.Join("\r\n", answer.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)) + "\r\n";
        await app.Page.EvaluateAsync("sdp => peer.setRemoteDescription({ type: 'answer', sdp })", answer);
        await Eventually.IsTrueAsync(async () => await app.Page.EvaluateAsync<int>("shown.length") > 0, Limit, "a first frame");
    }

    // Frames shown in the last second.
    private const string Recent = "shown.filter((time) => time > performance.now() - 1000).length";

    private static Task ShowsAsync(CameraPage app, string condition, string what) =>
        Eventually.IsTrueAsync(() => app.Page.EvaluateAsync<bool>(condition), Limit, what);

    /// <summary>Watches for a while and tells the longest wait between frames, how many were shown, and what the browser counted.</summary>
    private async Task<(double Gap, int Frames, JsonElement Figures)> ObserveAsync(CameraPage app, int seconds)
    {
        var before = await app.Page.EvaluateAsync<JsonElement>(Figures, 0);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        var figures = await app.Page.EvaluateAsync<JsonElement>(Figures, before.GetProperty("bytes").GetInt64());
        var (from, to) = (before.GetProperty("now").GetDouble(), figures.GetProperty("now").GetDouble());
        var shown = figures.GetProperty("shown").EnumerateArray().Select(time => time.GetDouble()).Where(time => time >= from).ToList();
        var times = shown.Prepend(from).Append(to).ToList();
        var gap = times.Zip(times.Skip(1), (a, b) => b - a).Max();
        output.WriteLine(
            $"{(to - from) / 1000:0.0} s: {shown.Count} frames shown, longest wait {gap:0} ms; {string.Join(", ", figures.EnumerateObject().Where(item => item.Name is not ("shown" or "now")).Select(item => $"{item.Name} {item.Value}"))}"
        );
        return (gap, shown.Count, figures);
    }

    [GeneratedRegex(@"a=candidate:\S+ 1 udp \d+ \S+ (?<port>\d+) typ host[^\r\n]*", RegexOptions.IgnoreCase)]
    private static partial Regex Candidate();
}
