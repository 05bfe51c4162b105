// Plays by HLS: with hls.js where the browser takes media in pieces, by the browser itself elsewhere.
import { ask, has } from "./key.js";
import { run } from "./player.js";
import { Trouble, troubleOf } from "./trouble.js";

const type = "application/vnd.apple.mpegurl";
const another = "Another browser may play it, or the page for WebRTC.";

run(async (stage) => {
  stage.say("Asking for the picture");
  const hadKey = has();
  const reply = await ask(`${stage.address}/index.m3u8`, { signal: stage.signal });
  if (!reply.ok) throw await troubleOf(reply, hadKey);
  // The session's own playlist needs no key: its address stands for it. So the key goes nowhere else.
  const lines = (await reply.text()).split("\n");
  const playlist = lines.find((line) => line && !line.startsWith("#"));
  if (!playlist) throw new Trouble("The server's playlist is empty.", "Its log may say why.");
  const source = new URL(playlist.trim(), reply.url).href;
  stage.sound(/mp4a|opus/i.test(lines.find((line) => line.startsWith("#EXT-X-STREAM-INF")) ?? ""));
  stage.say("Waiting for the picture");
  const Hls = await import("./hls.library.js").then((library) => library.default, () => null);
  const ended = Hls?.isSupported() ? byLibrary(Hls, source, stage) : byBrowser(source, stage);
  await ended;
});

function byLibrary(Hls, source, { video, signal, begin, number }) {
  // Without a worker: that would be a script from nowhere, which the page's policy forbids.
  const hls = new Hls({ enableWorker: false, lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.5, backBufferLength: 10 });
  let recovered = 0;
  let timer;
  return new Promise((_, fail) => {
    hls.on(Hls.Events.ERROR, (_, error) => {
      if (!error.fatal) return;
      if (error.details === Hls.ErrorDetails.BUFFER_ADD_CODEC_ERROR || error.details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) {
        fail(new Trouble("This browser cannot play the camera's format.", another, { wait: 60, other: true }));
      } else if (error.type === Hls.ErrorTypes.MEDIA_ERROR && recovered++ === 0) {
        hls.recoverMediaError();
      } else if (error.response?.code === 404) {
        fail(new Trouble("The session is over.", "The camera may have changed its format or been away.", { wait: 1 }));
      } else {
        fail(new Trouble("The picture stopped.", `The camera or the network between may be away (${error.details}).`));
      }
    });
    hls.on(Hls.Events.MANIFEST_PARSED, begin);
    timer = setInterval(() => number(numbers(video, hls.latency)), 1_000);
    const abort = () => fail(signal.reason);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    hls.loadSource(source);
    hls.attachMedia(video);
  }).finally(() => {
    clearInterval(timer);
    hls.destroy();
  });
}

function byBrowser(source, { video, signal, begin, number }) {
  if (!video.canPlayType(type)) {
    throw new Trouble("This browser cannot play HLS.", another, { wait: 60, other: true });
  }
  let timer;
  return new Promise((_, fail) => {
    video.onerror = () => fail(new Trouble("The picture stopped.", video.error?.message || another, { other: true }));
    const abort = () => fail(signal.reason);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    timer = setInterval(() => number(numbers(video, 0)), 1_000);
    video.src = source;
    begin();
  }).finally(() => {
    clearInterval(timer);
    video.onerror = null;
    video.removeAttribute("src");
    video.load();
  });
}

function numbers(video, behind) {
  const size = video.videoWidth ? `${video.videoWidth} × ${video.videoHeight}` : "";
  return behind > 0 ? `${size} · ${behind.toFixed(1)} s behind` : size;
}
