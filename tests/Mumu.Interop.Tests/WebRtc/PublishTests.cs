// Real publishers into the engine, read back by real viewers.
using System.Text.Json;
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Media.Streams;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.WebRtc;

[Collection(OpenBrowser.Alone)]
public sealed class PublishTests(ITestOutputHelper output)
{
    private const string Publish = """
        async ([url, codec, simulcast]) => {
          const peer = (window.publisher = new RTCPeerConnection());
          const media = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 }, audio: true });
          const encodings = simulcast === "yes" ? [{ rid: "low", scaleResolutionDownBy: 4 }, { rid: "high" }] : undefined;
          const sender = peer.addTransceiver(media.getVideoTracks()[0], { direction: "sendonly", sendEncodings: encodings });
          peer.addTransceiver(media.getAudioTracks()[0], { direction: "sendonly" });
          const all = RTCRtpSender.getCapabilities("video").codecs;
          const wanted = all.filter((one) => one.mimeType === `video/${codec}` || /rtx/.test(one.mimeType));
          if (!all.some((one) => one.mimeType === `video/${codec}`)) return "missing";
          sender.setCodecPreferences(wanted);
          await peer.setLocalDescription();
          await new Promise((done) => {
            const look = () => peer.iceGatheringState === "complete" && done();
            peer.onicegatheringstatechange = look;
            look();
          });
          const reply = await fetch(url, { method: "POST", body: peer.localDescription.sdp });
          const answer = await reply.text();
          if (reply.status !== 200) throw new Error(answer);
          await peer.setRemoteDescription({ type: "answer", sdp: answer });
          return "published";
        }
        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData("VP8", Codec.Vp8, "no")]
    [InlineData("VP9", Codec.Vp9, "no")]
    [InlineData("AV1", Codec.Av1, "no")]
    [InlineData("H264", Codec.H264, "no")]
    [InlineData("VP8", Codec.Vp8, "yes")]
    public async Task Chromium_publishes_picture_and_sound_and_another_page_watches(string name, Codec codec, string simulcast)
    {
        await using var browser = await OpenBrowser.StartAsync();
        await using var host = await MediaHost.StartAsync();
        var stream = host.AddPublished("live");
        var page = await browser.OpenAsync(host.Url);
        var published = await page.EvaluateAsync<string>(Publish, new[] { $"{host.Url}/publish/live", name, simulcast });
        if (published == "missing")
        {
            Assert.Equal(Codec.H264, codec); // Debian's Chromium may lack the encoder
            output.WriteLine("This Chromium can't encode H264.");
            return;
        }
        await Eventually.IsTrueAsync(() => Task.FromResult(stream.State == StreamState.Ready), s_limit, "a published stream");
        Assert.Equal([codec, Codec.Opus], stream.Tracks.Select(track => track.Codec));
        var viewer = await browser.OpenAsync(host.Url);
        await viewer.EvaluateAsync(CodecTests.Watch, $"{host.Url}/watch/live");
        JsonElement seen = default;
        await Eventually.IsTrueAsync(
            async () => (seen = await viewer.EvaluateAsync<JsonElement>(CodecTests.Look)).GetProperty("decoded").GetInt32() > 60,
            s_limit,
            $"decoded pictures; the last look: {seen}"
        );
        output.WriteLine($"{seen} {stream.Statistics}");
        Assert.Equal("video/" + name, seen.GetProperty("codec").GetString());
        Assert.True(stream.Statistics.Width > 0);
        await page.EvaluateAsync("publisher.close()");
        await Eventually.IsTrueAsync(() => Task.FromResult(stream.State != StreamState.Ready), s_limit, "the end of the publication");
    }

    [Theory]
    [InlineData("VP8", Codec.Vp8)]
    [InlineData("H264", Codec.H264)]
    public async Task Aiortc_publishes_picture_and_sound_and_chromium_watches(string name, Codec codec)
    {
        await using var browser = await OpenBrowser.StartAsync();
        await using var host = await MediaHost.StartAsync();
        var stream = host.AddPublished("live");
        var script = Path.Combine(Repository.Root, "tests", "Mumu.Interop.Tests", "WebRtc", "Clients", "publish.py");
        await using var publisher = ClientProgram.StartScript(script, [$"{host.Url}/publish/live", name, "60"]);
        await publisher.WaitForAsync("published", s_limit);
        await Eventually.IsTrueAsync(() => Task.FromResult(stream.State == StreamState.Ready), s_limit, "a published stream");
        Assert.Equal([codec, Codec.Opus], stream.Tracks.Select(track => track.Codec));
        var viewer = await browser.OpenAsync(host.Url);
        await viewer.EvaluateAsync(CodecTests.Watch, $"{host.Url}/watch/live");
        JsonElement seen = default;
        await Eventually.IsTrueAsync(
            async () => (seen = await viewer.EvaluateAsync<JsonElement>(CodecTests.Look)).GetProperty("decoded").GetInt32() > 40,
            s_limit,
            $"decoded pictures; the last look: {seen}"
        );
        output.WriteLine($"{seen} {stream.Statistics}");
    }
}
