// The engine offers, and other people's WebRTC answers: pictures both ways, and words given back over a data channel.
using System.Text.Json;
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Media.Streams;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.WebRtc;

[Collection(OpenBrowser.Alone)]
public sealed class OffererMatrixTests(ITestOutputHelper output)
{
    private const string Answer = """
        async (url) => {
          const peer = (window.peer = new RTCPeerConnection());
          peer.ontrack = (event) => { document.querySelector("video").srcObject = new MediaStream([event.track]); };
          await peer.setRemoteDescription({ type: "offer", sdp: await (await fetch(`${url}/offer/clip`)).text() });
          const media = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } });
          const [transceiver] = peer.getTransceivers();
          transceiver.direction = "sendrecv";
          await transceiver.sender.replaceTrack(media.getVideoTracks()[0]);
          window.heard = "";
          const channel = peer.createDataChannel("probe");
          channel.onopen = () => channel.send("hello");
          channel.onmessage = (event) => { window.heard = event.data; };
          await peer.setLocalDescription();
          await new Promise((done) => {
            const look = () => peer.iceGatheringState === "complete" && done();
            peer.onicegatheringstatechange = look;
            look();
          });
          await fetch(`${url}/answer`, { method: "POST", body: peer.localDescription.sdp });
        }
        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private static async Task<(MediaHost Host, MediaStream Back)> StartAsync()
    {
        var clip = Clip.Of(Codec.Vp8); // made before anybody waits for it
        var host = await MediaHost.StartAsync();
        host.Add("clip", () => new LoopedClip(clip));
        return (host, host.AddPublished("back"));
    }

    private static Task PlaysBackAsync(MediaHost host, MediaStream back) =>
        Eventually.IsTrueAsync(
            () => Task.FromResult(back.State == StreamState.Ready),
            s_limit,
            $"pictures of the other side; {back.State} {back.Message} {host.OfferFailure}"
        );

    [Theory]
    [InlineData("aiortc")]
    [InlineData("gstreamer answers")]
    [InlineData("pion")]
    [InlineData("werift")]
    public async Task A_peer_that_answers_gets_pictures_and_its_words_back_and_sends_its_own(string peer)
    {
        var (host, back) = await StartAsync();
        await using var _ = host;
        await using var client = Peers.Start(peer, [host.Url, "50", "data", "answer"]);
        var seen = await client.WaitForAsync("watched", s_limit);
        output.WriteLine(seen.ToString());
        if (peer == "pion")
        {
            await client.WaitForAsync("heard", s_limit);
        }
        await PlaysBackAsync(host, back);
        Assert.Equal(Codec.Vp8, back.Tracks[0].Codec);
        Assert.True(back.Statistics.Width > 0);
    }

    [Fact]
    public async Task Chromium_answers()
    {
        var (host, back) = await StartAsync();
        await using var _ = host;
        await using var browser = await OpenBrowser.StartAsync();
        var page = await browser.OpenAsync(host.Url);
        await page.EvaluateAsync(Answer, host.Url);
        JsonElement seen = default;
        await Eventually.IsTrueAsync(
            async () =>
                (seen = await page.EvaluateAsync<JsonElement>(CodecTests.Look)).GetProperty("decoded").GetInt32() > 50
                && await page.EvaluateAsync<string>("heard") == "hello",
            s_limit,
            $"decoded pictures; the last look: {seen}; {host.OfferFailure}"
        );
        output.WriteLine(seen.ToString());
        await PlaysBackAsync(host, back);
        Assert.Equal(Codec.Vp8, back.Tracks[0].Codec);
    }
}
