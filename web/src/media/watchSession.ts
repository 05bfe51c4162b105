// One attempt to watch one camera: a watch session at the hub and a peer connection to the device.
import { type SignalingClient, SignalingError } from "@/signaling/client";
import type { IceCandidateInit, Sdp, SessionIdentity } from "@/signaling/messages.gen";
import type { WatchChannel } from "@/signaling/watchChannel";
import type { Failure } from "./failure";
import { judgeAnswer, type TrustPolicy } from "./identity";
import type { Stage, Trust } from "./watchState";

export type SessionEnd =
  /** The device is not connected to the hub. */
  | { tag: "away" }
  /** The connection went; nothing says that the next attempt would fail too. */
  | { tag: "again" }
  | { tag: "failed"; failure: Failure };

export interface SessionEvents {
  stage(stage: Stage): void;
  trusted(trust: Trust): void;
  tracks(stream: MediaStream, hasAudio: boolean): void;
  /** Exactly once, unless `close` was called. */
  over(end: SessionEnd): void;
}

export interface SessionTarget {
  deviceId: string;
  /** Null asks for the device's first camera. */
  camera: string | null;
}

const answerMs = 15_000;
const connectMs = 20_000;
const pictureMs = 10_000;
const flickerMs = 3_000;

export class WatchSession {
  private readonly client: SignalingClient;
  private readonly target: SessionTarget;
  private readonly policy: TrustPolicy;
  private readonly events: SessionEvents;
  private readonly createPeer: (configuration: RTCConfiguration) => RTCPeerConnection;
  private peer: RTCPeerConnection | undefined;
  private channel: WatchChannel | undefined;
  private closed = false;
  private connected = false;
  private answered = false;
  private remoteReady = false;
  private bundled: boolean | undefined;
  private offerSdp = "";
  private localQueue: (RTCIceCandidate | null)[] = [];
  private remoteQueue: IceCandidateInit[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private flicker: ReturnType<typeof setTimeout> | undefined;

  constructor(
    client: SignalingClient,
    target: SessionTarget,
    policy: TrustPolicy,
    events: SessionEvents,
    createPeer: (configuration: RTCConfiguration) => RTCPeerConnection = (c) => new RTCPeerConnection(c),
  ) {
    this.client = client;
    this.target = target;
    this.policy = policy;
    this.events = events;
    this.createPeer = createPeer;
  }

  /** Runs until it is closed or over; never rejects. */
  async start(): Promise<void> {
    try {
      const channel = await this.client.openWatch(this.target.deviceId, this.target.camera, {
        onAnswer: (sdp, identity) => void this.receiveAnswer(sdp, identity),
        onCandidate: (candidate) => this.receiveCandidate(candidate),
        onEnded: (reason, message) => this.receiveEnd(reason, message),
        onDetached: () => {
          if (!this.connected) this.finish({ tag: "again" });
        },
      });
      this.channel = channel;
      if (this.closed) channel.end();
      else await this.offer(channel);
    } catch (error) {
      this.finish(endOf(error));
    }
  }

  /** Leaves quietly. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.flicker);
    this.channel?.end();
    if (!this.peer) return;
    this.peer.onicecandidate = this.peer.ontrack = null;
    this.peer.oniceconnectionstatechange = this.peer.onconnectionstatechange = null;
    this.peer.close();
  }

  /** The first picture has been shown: the session has no deadline any more. */
  pictureShown(): void {
    clearTimeout(this.timer);
  }

  async statistics(): Promise<RTCStatsReport | null> {
    return this.connected && this.peer && !this.closed ? await this.peer.getStats() : null;
  }

  private async offer(channel: WatchChannel): Promise<void> {
    const iceServers = channel.iceServers.map(({ urls, username, credential }) => ({
      urls: [...urls],
      ...(username ? { username } : {}),
      ...(credential ? { credential } : {}),
    }));
    const peer = this.createPeer({ iceServers });
    this.peer = peer;
    peer.onicecandidate = (event) => this.sendCandidate(event.candidate);
    peer.oniceconnectionstatechange = () => this.watchIce(peer);
    peer.onconnectionstatechange = () => this.watchConnection(peer);
    const stream = new MediaStream();
    peer.ontrack = (event) => {
      stream.addTrack(event.track);
      wantNoDelay(event.receiver);
    };
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.addTransceiver("audio", { direction: "recvonly" });
    await peer.setLocalDescription(await peer.createOffer());
    if (this.closed) return;
    this.offerSdp = peer.localDescription?.sdp ?? "";
    channel.sendOffer(this.offerSdp);
    this.stream = stream;
    this.events.stage("path");
    this.timer = setTimeout(() => this.fail("no_answer"), answerMs);
    this.flushLocal();
  }

  private stream: MediaStream | undefined;

  private async receiveAnswer(sdp: Sdp, identity: SessionIdentity | null): Promise<void> {
    const { channel, peer, stream } = this;
    if (this.closed || this.answered || !channel || !peer || !stream || typeof sdp.sdp !== "string") return;
    this.answered = true;
    clearTimeout(this.timer);
    const verdict = await judgeAnswer(
      {
        sessionId: channel.sessionId,
        camera: this.target.camera ?? undefined,
        offerSdp: this.offerSdp,
        answerSdp: sdp.sdp,
        identity,
        now: Date.now(),
      },
      this.policy,
    );
    if (this.closed) return;
    if (!verdict.ok) {
      this.finish({ tag: "failed", failure: verdict.failure });
      return;
    }
    this.events.trusted(
      verdict.trust === "verified"
        ? { tag: "verified", publicKey: verdict.publicKey }
        : { tag: "unverified" },
    );
    this.timer = setTimeout(() => this.fail(this.stuckAt(peer)), connectMs);
    try {
      await peer.setRemoteDescription({ type: "answer", sdp: sdp.sdp });
    } catch {
      this.fail("codec");
      return;
    }
    if (this.closed) return;
    const [video, audio] = peer.getTransceivers();
    if (!receives(video)) {
      this.fail("codec");
      return;
    }
    this.events.tracks(stream, receives(audio));
    this.bundled = /^a=group:BUNDLE /m.test(sdp.sdp);
    this.remoteReady = true;
    this.flushLocal();
    for (const candidate of this.remoteQueue.splice(0)) this.addRemote(peer, candidate);
  }

  private receiveCandidate(candidate: IceCandidateInit | null): void {
    if (this.closed || !candidate?.candidate) return;
    if (this.remoteReady && this.peer) this.addRemote(this.peer, candidate);
    else if (this.remoteQueue.length < 64) this.remoteQueue.push(candidate);
  }

  private addRemote(peer: RTCPeerConnection, { candidate, sdpMid, sdpMLineIndex }: IceCandidateInit): void {
    // A candidate that this browser can't read is one path less, not the end of the session.
    peer.addIceCandidate({ candidate: candidate ?? "", sdpMid, sdpMLineIndex }).catch(() => {});
  }

  private sendCandidate(candidate: RTCIceCandidate | null): void {
    this.localQueue.push(candidate);
    if (this.offerSdp) this.flushLocal();
  }

  // Candidates of the second line are only of use to a device that does not bundle; the answer tells.
  private flushLocal(): void {
    const later: (RTCIceCandidate | null)[] = [];
    for (const candidate of this.localQueue.splice(0)) {
      if (candidate === null && !this.remoteReady) later.push(candidate);
      else if (candidate && (candidate.sdpMLineIndex ?? 0) > 0) {
        if (this.bundled === undefined) later.push(candidate);
        else if (!this.bundled) this.channel?.sendCandidate(plain(candidate));
      } else if (candidate?.candidate !== "") {
        this.channel?.sendCandidate(candidate && plain(candidate));
      }
    }
    this.localQueue = [...later, ...this.localQueue];
  }

  private watchIce(peer: RTCPeerConnection): void {
    const state = peer.iceConnectionState;
    if (state === "connected" || state === "completed") {
      clearTimeout(this.flicker);
      this.flicker = undefined;
      this.events.stage("securing");
    } else if (state === "disconnected") {
      this.flicker ??= setTimeout(() => this.finish({ tag: "again" }), flickerMs);
    }
  }

  private watchConnection(peer: RTCPeerConnection): void {
    switch (peer.connectionState) {
      case "connected":
        if (this.connected) return;
        this.connected = true;
        this.events.stage("picture");
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.fail("no_picture"), pictureMs);
        break;
      case "failed":
        if (this.connected) this.finish({ tag: "again" });
        else this.fail(this.stuckAt(peer));
        break;
      case "closed":
        this.finish({ tag: "again" });
        break;
    }
  }

  private receiveEnd(reason: string, message: string | null): void {
    if (reason === "timeout") this.fail("no_answer");
    else if (reason === "error" || message) {
      this.finish({ tag: "failed", failure: message ? { kind: "device", message } : { kind: "device" } });
    } else if (this.connected) {
      return; // hub or device lost each other; the picture has its own path and its own end
    } else if (reason === "device_disconnected") {
      this.finish({ tag: "away" });
    } else {
      this.finish(
        reason === "timeout" ? { tag: "failed", failure: { kind: "no_answer" } } : { tag: "again" },
      );
    }
  }

  private stuckAt(peer: RTCPeerConnection): Failure["kind"] {
    const state = peer.iceConnectionState;
    return state === "connected" || state === "completed" ? "securing" : "no_path";
  }

  private fail(kind: Failure["kind"]): void {
    this.finish({ tag: "failed", failure: { kind } });
  }

  private finish(end: SessionEnd): void {
    if (this.closed) return;
    this.close();
    this.events.over(end);
  }
}

function endOf(error: unknown): SessionEnd {
  if (!(error instanceof SignalingError)) return { tag: "failed", failure: { kind: "unsupported" } };
  if (error.code === "lost") return { tag: "again" };
  if (error.code === "timeout") return { tag: "failed", failure: { kind: "no_answer" } };
  if (error.message === "Device is offline") return { tag: "away" };
  return { tag: "failed", failure: { kind: "refused", message: error.message } };
}

function plain(candidate: RTCIceCandidate): IceCandidateInit {
  const { sdpMid, sdpMLineIndex } = candidate;
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex };
}

function receives(transceiver: RTCRtpTransceiver | undefined): boolean {
  return transceiver?.currentDirection === "recvonly" || transceiver?.currentDirection === "sendrecv";
}

// Two names for the same wish, as browsers learned it at different times.
function wantNoDelay(
  receiver: RTCRtpReceiver & { playoutDelayHint?: number; jitterBufferTarget?: number | null },
): void {
  if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
  if ("playoutDelayHint" in receiver) receiver.playoutDelayHint = 0;
}
