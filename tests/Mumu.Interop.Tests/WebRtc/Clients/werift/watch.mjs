// A viewer on werift: counts the pictures whose packets came whole and in order, and speaks over a data channel.
// usage: node werift.mjs URL PICTURES [data], or with "answer": it answers the offer of URL/offer/clip at URL/answer, and sends back the pictures it gets
import { createHash, randomBytes } from "node:crypto";
import { RTCPeerConnection, RTCRtpCodecParameters } from "werift";

const [url, pictures, ...words] = process.argv.slice(2);
const video = (mimeType, parameters) =>
  new RTCRtpCodecParameters({
    mimeType,
    clockRate: 90000,
    parameters,
    rtcpFeedback: [{ type: "nack" }, { type: "nack", parameter: "pli" }],
  });
const peer = new RTCPeerConnection({
  iceServers: [],
  iceAdditionalHostAddresses: ["127.0.0.1"], // it passes over loopback by itself
  codecs: { video: [video("video/H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"), video("video/VP8")] },
});
const answers = words.includes("answer");
const back = answers ? peer.addTransceiver("video", { direction: "sendrecv" }) : undefined;
const seen = { pictures: 0, gaps: 0, data: !words.includes("data") };
const done = new Promise((resolve, reject) => {
  const look = () => seen.pictures >= Number(pictures) && seen.data && resolve();
  setTimeout(() => reject(new Error(`Too little came in 50 seconds: ${JSON.stringify(seen)}`)), 50_000);
  peer.onTrack.subscribe((track) => {
    let last;
    track.onReceiveRtp.subscribe((packet) => {
      const { header } = packet;
      back?.sender.sendRtp(packet.clone());
      if (last !== undefined && ((header.sequenceNumber - last) & 0xffff) !== 1) seen.gaps++;
      last = header.sequenceNumber;
      if (header.marker) seen.pictures++;
      look();
    });
  });
  if (!seen.data) {
    const sent = randomBytes(60_000);
    const channel = peer.createDataChannel("probe");
    channel.stateChanged.subscribe((state) => state === "open" && channel.send(sent));
    channel.onMessage.subscribe((data) => {
      const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
      if (hash(data) !== hash(sent)) reject(new Error("Other bytes came back."));
      seen.data = true;
      look();
    });
  }
});

if (answers) {
  await peer.setRemoteDescription({ type: "offer", sdp: await (await fetch(`${url}/offer/clip`)).text() });
  await peer.setLocalDescription(await peer.createAnswer());
  await fetch(`${url}/answer`, { method: "POST", body: peer.localDescription.sdp });
} else {
  peer.addTransceiver("video", { direction: "recvonly" });
  await peer.setLocalDescription(await peer.createOffer());
  const reply = await fetch(url, { method: "POST", body: peer.localDescription.sdp });
  const answer = await reply.text();
  if (!reply.ok) throw new Error(answer);
  await peer.setRemoteDescription({ type: "answer", sdp: answer });
}
await done;
console.log(`{"event": "watched", ${JSON.stringify(seen).slice(1)}`);
if (!answers) process.exit(0);
