// Plays by WHEP.
import { ask, has } from "./key.js";
import { run } from "./player.js";
import { Trouble, troubleOf } from "./trouble.js";

const blocked =
  "The server answered, but no way for its pictures was found. A firewall may stop WebRTC (UDP and TCP to port 8189, unless it was changed), or the browser's settings do.";

run(async ({ video, address, signal, begin, say, number, sound }) => {
  if (!globalThis.RTCPeerConnection) {
    throw new Trouble("This browser has no WebRTC, or it is switched off.", "Switch it on, or use the page for HLS.", { wait: 60, other: true });
  }
  const peer = new RTCPeerConnection();
  const media = new MediaStream();
  let session = null;
  let timer;
  try {
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.addTransceiver("audio", { direction: "recvonly" });
    peer.ontrack = ({ track }) => media.addTrack(track);
    say("Finding a path");
    await peer.setLocalDescription();
    await gathered(peer);
    const hadKey = has();
    const reply = await ask(`${address}/whep`, {
      method: "POST",
      headers: { "Content-Type": "application/sdp" },
      body: peer.localDescription.sdp,
      signal,
    });
    if (reply.status !== 201) throw await troubleOf(reply, hadKey);
    const id = (reply.headers.get("Location") ?? "").split("/").pop();
    session = id ? `${address}/whep/${id}` : null;
    const ended = over(peer, signal);
    await Promise.race([ended, peer.setRemoteDescription({ type: "answer", sdp: await reply.text() })]);
    video.srcObject = media;
    sound(media.getAudioTracks().length > 0);
    begin();
    say("Securing");
    peer.addEventListener("connectionstatechange", () => peer.connectionState === "connected" && say("Waiting for the picture"));
    timer = setInterval(() => number(video.videoWidth ? `${video.videoWidth} × ${video.videoHeight}` : ""), 1_000);
    await ended;
  } finally {
    clearInterval(timer);
    peer.close();
    if (session) ask(session, { method: "DELETE", keepalive: true }).catch(() => {}); // it ends without, too, only later
  }
});

/** Waits for the browser's own addresses, two seconds at the most: who is asked has all of theirs in the answer. */
function gathered(peer) {
  return new Promise((done) => {
    const look = () => peer.iceGatheringState === "complete" && done();
    peer.addEventListener("icegatheringstatechange", look);
    setTimeout(done, 2_000);
    look();
  });
}

/** Fails when the connection is over, or could not be made in 20 s. */
function over(peer, signal) {
  const ended = new Promise((_, fail) => {
    let wasConnected = false;
    let away;
    const limit = setTimeout(() => fail(new Trouble("WebRTC is blocked.", blocked, { other: true })), 20_000);
    const look = () => {
      clearTimeout(away);
      if (peer.connectionState === "connected") {
        wasConnected = true;
        clearTimeout(limit);
      } else if (peer.connectionState === "failed" && !wasConnected) {
        fail(new Trouble("WebRTC is blocked.", blocked, { other: true }));
      } else if (peer.connectionState === "failed" || peer.connectionState === "closed") {
        fail(new Trouble("The connection is gone.", "The server, the camera or the network between may be away."));
      } else if (peer.connectionState === "disconnected") {
        away = setTimeout(() => fail(new Trouble("The connection is gone.", "The network between may be away.")), 5_000);
      }
    };
    const abort = () => fail(signal.reason);
    peer.addEventListener("connectionstatechange", look);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
  });
  ended.catch(() => {}); // it is waited for later
  return ended;
}
