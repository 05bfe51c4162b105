// Every video codec to real viewers, and real frames through our packets.
using System.Text.Json;
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Interop.Tests.WebRtc;

[Collection(OpenBrowser.Alone)]
public sealed class CodecTests(ITestOutputHelper output)
{
    internal const string Watch = """
        async (url) => {
          const peer = (window.peer = new RTCPeerConnection());
          peer.addTransceiver("video", { direction: "recvonly" });
          peer.ontrack = (event) => { document.querySelector("video").srcObject = new MediaStream([event.track]); };
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
        }
        """;

    private const string Restart = """
        async (url) => {
          const before = peer.localDescription.sdp.match(/a=ice-ufrag:(.*)/)[1];
          peer.restartIce();
          await peer.setLocalDescription();
          if (peer.localDescription.sdp.match(/a=ice-ufrag:(.*)/)[1] === before) throw new Error("no restart");
          const reply = await fetch(url, { method: "POST", body: peer.localDescription.sdp });
          const answer = await reply.text();
          if (reply.status !== 200) throw new Error(answer);
          peer.onicecandidate = null;
          await peer.setRemoteDescription({ type: "answer", sdp: answer });
        }
        """;

    internal const string Look = """
        async () => {
          const stats = [...(await peer.getStats()).values()];
          const video = stats.find((entry) => entry.type === "inbound-rtp" && entry.kind === "video");
          const codec = video && stats.find((entry) => entry.id === video.codecId);
          return {
            codec: codec?.mimeType ?? "",
            decoded: video?.framesDecoded ?? 0,
            width: document.querySelector("video").videoWidth,
            lost: video?.packetsLost ?? 0,
            dropped: video?.framesDropped ?? 0,
            freezes: video?.freezeCount ?? 0,
            pli: video?.pliCount ?? 0,
          };
        }
        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(Codec.Vp8, "video/VP8")]
    [InlineData(Codec.Vp9, "video/VP9")]
    [InlineData(Codec.Av1, "video/AV1")]
    public async Task Chromium_decodes_what_the_engine_passes_on(Codec codec, string name)
    {
        await using var browser = await OpenBrowser.StartAsync();
        await using var host = await MediaHost.StartAsync();
        var clip = Clip.Of(codec); // made before anybody waits for it
        var stream = host.Add("clip", () => new LoopedClip(clip));
        var page = await browser.OpenAsync(host.Url);
        await page.EvaluateAsync(Watch, $"{host.Url}/watch/clip");
        JsonElement seen = default;
        await Eventually.IsTrueAsync(
            async () => (seen = await page.EvaluateAsync<JsonElement>(Look)).GetProperty("decoded").GetInt32() > 4 * Clip.Group,
            s_limit,
            $"decoded pictures; the last look: {seen}"
        );
        output.WriteLine(seen.ToString());
        Assert.Equal(name, seen.GetProperty("codec").GetString());
        Assert.Equal(Clip.Width, seen.GetProperty("width").GetInt32());
        Assert.InRange(seen.GetProperty("pli").GetInt32(), 0, 1); // A busy decoder may ask once at the start; a stream it cannot read makes it ask on and on.
        Assert.Equal((Clip.Width, Clip.Height), (stream.Statistics.Width, stream.Statistics.Height));
    }

    [Fact]
    public async Task Chromium_restarts_ice_and_sees_no_gap()
    {
        await using var browser = await OpenBrowser.StartAsync();
        await using var host = await MediaHost.StartAsync();
        var clip = Clip.Of(Codec.Vp8);
        host.Add("clip", () => new LoopedClip(clip));
        var page = await browser.OpenAsync(host.Url);
        await page.EvaluateAsync(Watch, $"{host.Url}/watch/clip");
        var decoded = 0;
        async Task<bool> DecodesAsync(int more) =>
            (await page.EvaluateAsync<JsonElement>(Look)).GetProperty("decoded").GetInt32() is var now && now >= decoded + more;
        await Eventually.IsTrueAsync(() => DecodesAsync(20), s_limit, "first pictures");
        for (var i = 0; i < 3; i++)
        {
            await page.EvaluateAsync(Restart, $"{host.Url}/restart");
            decoded = (await page.EvaluateAsync<JsonElement>(Look)).GetProperty("decoded").GetInt32();
            await Eventually.IsTrueAsync(() => DecodesAsync(40), s_limit, "pictures after a restart");
        }
        var seen = await page.EvaluateAsync<JsonElement>(Look);
        output.WriteLine(seen.ToString());
        Assert.Equal((0, 0), (seen.GetProperty("lost").GetInt32(), seen.GetProperty("freezes").GetInt32()));
        Assert.Equal(1, host.Engine.Viewers);
    }

    [Fact]
    public async Task Aiortc_decodes_vp8()
    {
        await using var host = await MediaHost.StartAsync();
        var clip = Clip.Of(Codec.Vp8);
        host.Add("clip", () => new LoopedClip(clip));
        var script = Path.Combine(Repository.Root, "tests", "Mumu.Interop.Tests", "WebRtc", "Clients", "watch.py");
        await using var viewer = ClientProgram.StartScript(script, [$"{host.Url}/watch/clip", "60"]);
        var watched = await viewer.WaitForAsync("watched", s_limit);
        output.WriteLine(watched.ToString());
        Assert.Equal((Clip.Width, Clip.Height), (watched.GetProperty("width").GetInt32(), watched.GetProperty("height").GetInt32()));
    }

    [Theory]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void Real_frames_survive_our_packets_bit_for_bit(Codec codec)
    {
        var clip = Clip.Of(codec);
        var came = new List<byte[]>();
        var (packetizer, depacketizer) = Formats(codec);
        var bytes = new byte[1 << 20];
        var lengths = new ushort[4_000];
        for (var i = 0; i < clip.Frames.Count; i++)
        {
            var packets = new PacketBuffer(bytes, lengths);
            var count = packetizer.Packetize(clip.Frames[i], 1_160, ref packets);
            Assert.True(count > 0);
            for (int packet = 0, at = 0; packet < count; at += lengths[packet++])
            {
                depacketizer.Push(packets.Bytes.Slice(at, lengths[packet]), i * 3_600, packet == count - 1, lost: false);
            }
            Assert.True(depacketizer.TryRead(out var unit));
            Assert.Equal(clip.Frames[i], unit.Data);
            Assert.Equal(i % Clip.Group == 0, unit.IsKeyFrame);
            came.Add(unit.Data.ToArray());
        }
        Assert.Equal(2 * Clip.Fps, Clip.Decode(codec, came).Length);
    }

    private static (IRtpPacketizer, IRtpDepacketizer) Formats(Codec codec) =>
        codec switch
        {
            Codec.Vp8 => (new Vp8Packetizer(), new Vp8Depacketizer()),
            Codec.Vp9 => (new Vp9Packetizer(), new Vp9Depacketizer()),
            _ => (new Av1Packetizer(), new Av1Depacketizer()),
        };
}
