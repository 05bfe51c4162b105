// WHEP with an API key, by two unrelated clients: Chromium and aiortc.
using System.Text;
using System.Text.Json;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class WhepTests(Browser browser, SharedInstallation shared, ITestOutputHelper output)
{
    private const string Play = """
        async ([url, key]) => {
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
          const reply = await fetch(url, { method: "POST", headers, body: peer.localDescription.sdp });
          const answer = await reply.text();
          if (reply.status === 201) await peer.setRemoteDescription({ type: "answer", sdp: answer });
          return { status: reply.status, location: reply.headers.get("Location"), answer };
        }
        """;

    private const string Delete = """
        async ([url, key]) => (await fetch(url, { method: "DELETE", headers: { Authorization: `Bearer ${key}` } })).status
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_page_of_another_origin_plays_and_ends_a_session()
    {
        var key = await KeyAsync("page");
        await using var other = await OtherOrigin.StartAsync();
        await using var app = await CameraPage.OpenAsync(browser, other.Url);
        await app.Page.GotoAsync("/");
        var begun = await app.Page.EvaluateAsync<JsonElement>(Play, new[] { $"{shared.Installation.WhepUrl}/simulator/whep", key });
        Assert.Equal(201, begun.GetProperty("status").GetInt32());
        var body = app.Page.Locator("body");
        await Eventually.IsTrueAsync(async () => await CameraPage.CounterAsync(body) is not null, Limit, "a first frame by WHEP");
        output.WriteLine((await app.FollowUntilAsync(body, seen => seen.IsInStep && seen.Decoded > 20)).ToString());

        var session = shared.Installation.WhepUrl + begun.GetProperty("location").GetString();
        Assert.Equal(200, await app.Page.EvaluateAsync<int>(Delete, new[] { session, key }));
        await Eventually.IsTrueAsync(
            async () => await app.Page.EvaluateAsync<string>("peer.connectionState") != "connected",
            Limit,
            "the end of the session"
        );
        Assert.Equal(404, await app.Page.EvaluateAsync<int>(Delete, new[] { session, key }));
    }

    [Fact]
    public async Task A_reader_on_aiortc_plays_and_ends_a_session()
    {
        var key = await KeyAsync("aiortc");
        await using var reader = ClientProgram.Start("whep.py", [$"{shared.Installation.WhepUrl}/simulator/whep", "2"], key);
        var watched = await reader.WaitForAsync("watched", Limit);
        output.WriteLine(watched.ToString());
        Assert.Equal(0, watched.GetProperty("backwards").GetInt32());
        Assert.True(watched.GetProperty("frames").GetInt32() > 10);
        await reader.WaitForLineAsync("""{"event": "deleted", "status": 200}""", Limit);
        await reader.WaitForLineAsync("""{"event": "deleted", "status": 404}""", Limit);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_told_and_an_unknown_camera_is_not_found()
    {
        var key = await KeyAsync("curious");
        Assert.Equal(401, await OfferAsync("simulator", null));
        Assert.Equal(401, await OfferAsync("simulator", key + "x"));
        Assert.Equal(401, await OfferAsync("attic", null));
        Assert.Equal(404, await OfferAsync("attic", key));
        Assert.Equal(400, await OfferAsync("simulator", key));
        await RunningProgram.RunAsync(["key", "revoke", "curious", "--data", shared.Installation.DataDirectory]);
        await Eventually.IsTrueAsync(async () => await OfferAsync("simulator", key) == 401, Limit, "the end of a revoked key");
    }

    private async Task<string> KeyAsync(string name)
    {
        string[] arguments = ["key", "create", name, "--role", "reader", "--data", shared.Installation.DataDirectory];
        return (await RunningProgram.RunAsync(arguments)).Trim();
    }

    private async Task<int> OfferAsync(string camera, string? key)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{shared.Installation.WhepUrl}/{camera}/whep");
        request.Content = new StringContent("v=0\r\nthis is no offer\r\n", Encoding.ASCII, "application/sdp");
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }
        using var reply = await http.SendAsync(request);
        return (int)reply.StatusCode;
    }
}
