// What runs in every page before its own scripts: notes times and peer connections, and reads the counter off pictures.
namespace Mumu.EndToEnd.Tests.Harness;

internal static class PageScript
{
    /// <summary>
    /// Adds <c>window.probe</c>. The counter is the simulator's row of 32 black and white squares: see Mumu.Media/Sources/Simulator/CounterStrip.cs, whose geometry is written out again here on purpose.
    /// </summary>
    public const string Text = """
        (() => {
          const probe = (window.probe = { peers: [], answers: 0, times: {} });
          const note = (name) => { probe.times[name] ??= performance.now(); };

          const Native = window.RTCPeerConnection;
          window.RTCPeerConnection = class extends Native {
            constructor(...args) { super(...args); probe.peers.push(this); }
            setRemoteDescription(...args) { probe.answers += 1; return super.setRemoteDescription(...args); }
          };

          document.addEventListener("submit", () => note("submit"), true);
          document.addEventListener("loadeddata", () => note("picture"), true);
          new MutationObserver(() => { if (document.querySelector("[data-testid=tile]")) note("tile"); })
            .observe(document, { childList: true, subtree: true });

          const canvas = document.createElement("canvas");
          probe.counter = (video) => {
            const { videoWidth: width, videoHeight: height } = video;
            if (!width) return null;
            canvas.width = width;
            canvas.height = height;
            const context = canvas.getContext("2d", { willReadFrequently: true });
            context.drawImage(video, 0, 0);
            const left = Math.floor((Math.ceil(width / 16) - 32) / 2) * 16;
            const row = context.getImageData(left, 24, 32 * 16, 1).data;
            let value = 0;
            for (let bit = 0; bit < 32; bit += 1) value = value * 2 + (row[(bit * 16 + 8) * 4] >= 128 ? 1 : 0);
            return value;
          };

          probe.inbound = async () => {
            let decoded = 0;
            for (const peer of probe.peers.filter((p) => p.connectionState === "connected"))
              for (const entry of (await peer.getStats()).values())
                if (entry.type === "inbound-rtp" && entry.kind === "video") decoded += entry.framesDecoded ?? 0;
            return decoded;
          };

          // Sound that arrived: packets, and energy once something was decoded from them.
          probe.sound = async () => {
            const sum = { packets: 0, energy: 0 };
            for (const peer of probe.peers.filter((p) => p.connectionState === "connected"))
              for (const entry of (await peer.getStats()).values())
                if (entry.type === "inbound-rtp" && entry.kind === "audio") {
                  sum.packets += entry.packetsReceived ?? 0;
                  sum.energy += entry.totalAudioEnergy ?? 0;
                }
            return sum;
          };

          // Follows the only playing picture for a while.
          probe.follow = async (video, milliseconds) => {
            const counters = [];
            const look = async () => ({ at: performance.now(), decoded: await probe.inbound(), counter: probe.counter(video) });
            const first = await look();
            await new Promise((done) => {
              const end = performance.now() + milliseconds;
              const next = () => {
                counters.push(probe.counter(video));
                if (performance.now() >= end) done();
                else video.requestVideoFrameCallback(next);
              };
              video.requestVideoFrameCallback(next);
              setTimeout(done, milliseconds + 2000);
            });
            const last = await look();
            return {
              seconds: (last.at - first.at) / 1000,
              decoded: last.decoded - first.decoded,
              counted: last.counter - first.counter,
              looked: counters.length,
              backwards: counters.filter((value, i) => i > 0 && value < counters[i - 1]).length,
              different: new Set(counters).size,
            };
          };
        })();
        """;
}
