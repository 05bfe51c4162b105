// A browser that no UDP reaches plays over a TCP connection to the media port.
using System.Text.Json;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class TcpTests(Browser browser, SharedInstallation shared, ITestOutputHelper output)
{
    /// <summary>Neither side learns an address of the other for UDP, so no check over UDP is ever sent.</summary>
    private const string Play = """
        async ([url, key]) => {
          const withoutUdp = (sdp) => sdp.split("\r\n").filter((line) => !/^a=candidate:\S+ \d+ udp /i.test(line)).join("\r\n");
          const peer = (window.peer = new RTCPeerConnection());
          peer.addTransceiver("video", { direction: "recvonly" });
          const video = document.querySelector("video");
          peer.ontrack = (event) => { video.srcObject = new MediaStream([event.track]); };
          await peer.setLocalDescription();
          await new Promise((done) => {
            const look = () => peer.iceGatheringState === "complete" && done();
            peer.onicegatheringstatechange = look;
            look();
          });
          const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/sdp" };
          const reply = await fetch(url, { method: "POST", headers, body: withoutUdp(peer.localDescription.sdp) });
          const answer = await reply.text();
          if (reply.status === 201) await peer.setRemoteDescription({ type: "answer", sdp: withoutUdp(answer) });
          return { status: reply.status, answer };
        }
        """;

    private const string Path = """
        async () => {
          const stats = [...(await window.peer.getStats()).values()];
          const pair = stats.find((entry) => entry.type === "candidate-pair" && entry.nominated && entry.state === "succeeded");
          const of = (id) => stats.find((entry) => entry.id === id);
          return pair ? `${of(pair.localCandidateId).protocol} to ${of(pair.remoteCandidateId).protocol}` : "none";
        }
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_browser_without_udp_plays_over_tcp()
    {
        var data = shared.Installation.DataDirectory;
        var key = (await RunningProgram.RunAsync(["key", "create", "tcp", "--role", "reader", "--data", data])).Trim();
        await using var other = await OtherOrigin.StartAsync();
        await using var app = await CameraPage.OpenAsync(browser, other.Url);
        await app.Page.GotoAsync("/");
        var begun = await app.Page.EvaluateAsync<JsonElement>(Play, new[] { $"{shared.Installation.WhepUrl}/simulator/whep", key });
        Assert.Equal(201, begun.GetProperty("status").GetInt32());
        Assert.Contains("tcptype passive", begun.GetProperty("answer").GetString(), StringComparison.Ordinal);
        var body = app.Page.Locator("body");
        await Eventually.IsTrueAsync(async () => await CameraPage.CounterAsync(body) is not null, Limit, "a first frame over TCP");
        output.WriteLine((await app.FollowUntilAsync(body, seen => seen.IsInStep && seen.Decoded > 20)).ToString());
        Assert.Equal("tcp to tcp", await app.Page.EvaluateAsync<string>(Path));
    }
}
