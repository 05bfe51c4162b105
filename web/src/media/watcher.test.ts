// One watched camera from first call to picture, and through everything that can go wrong on the way.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignalingClient } from "@/signaling/client";
import { FakeSocket } from "@/signaling/fakeSocket";
import { FakePeer } from "./fakePeer";
import type { TrustPolicy } from "./identity";
import { Watcher } from "./watcher";

const keyless: TrustPolicy = { pinnedKey: undefined, listedKey: undefined, allowKeyless: true };
const answerSdp = `v=0\r\na=group:BUNDLE 0 1\r\na=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "ab").join(":")}\r\n`;

let client: SignalingClient;
let watcher: Watcher;
let policy: TrustPolicy;

const phase = () => watcher.snapshot.phase;
const settle = () => vi.advanceTimersByTimeAsync(0);

async function link(): Promise<FakeSocket> {
  client.start();
  await settle();
  FakeSocket.latest.accept();
  return FakeSocket.latest;
}

let sessions = 0;
/** Plays the hub up to the answer. */
async function answer(socket: FakeSocket): Promise<string> {
  sessions += 1;
  const session_id = `s${sessions}`;
  socket.say("watch_ready", { session_id, ice_servers: [] }, socket.last("watch_request")?.request_id);
  await settle();
  socket.say("signal_answer", { session_id, sdp: { type: "answer", sdp: answerSdp } });
  await settle();
  return session_id;
}

async function play(socket: FakeSocket): Promise<string> {
  const session_id = await answer(socket);
  FakePeer.latest.become("connected", "connected");
  FakePeer.latest.decoded = 1;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(phase().tag).toBe("live");
  return session_id;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaStream", class {});
  FakeSocket.opened.length = 0;
  FakePeer.made.length = 0;
  policy = keyless;
  client = new SignalingClient({ url: "", token: async () => "t", open: FakeSocket.open, random: () => 0.5 });
  watcher = new Watcher({
    client,
    target: { deviceId: "dev", camera: "front" },
    policy: () => policy,
    onKey: () => {},
    createPeer: FakePeer.create,
    random: () => 0.5,
  });
});

afterEach(() => {
  watcher.dispose();
  client.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("Watcher", () => {
  it("names every stage on the way to the first picture", async () => {
    watcher.start();
    expect(phase()).toMatchObject({ tag: "connecting", stage: "hub" });
    const socket = await link();
    expect(phase()).toMatchObject({ stage: "session" });
    await answer(socket);
    expect(phase()).toMatchObject({ stage: "path" });
    FakePeer.latest.become("connected", "connecting");
    expect(phase()).toMatchObject({ stage: "securing" });
    FakePeer.latest.become("connected", "connected");
    expect(phase()).toMatchObject({ stage: "picture" });
    FakePeer.latest.decoded = 3;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(phase()).toEqual({ tag: "live" });
    expect(watcher.snapshot.trust).toEqual({ tag: "unverified" });
  });

  it("gives nothing of a refused answer to the browser, and does not try again by itself", async () => {
    policy = { pinnedKey: "AAAA", listedKey: undefined, allowKeyless: true };
    watcher.start();
    await answer(await link());
    expect(phase()).toEqual({ tag: "failed", failure: { kind: "signature_missing" }, retryAt: null });
    expect(FakePeer.latest.remote).toBeNull();
    expect(FakePeer.latest.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(FakePeer.made).toHaveLength(1);
  });

  it("holds early candidates until the answer is accepted", async () => {
    watcher.start();
    const socket = await link();
    socket.say(
      "watch_ready",
      { session_id: "early", ice_servers: [] },
      socket.last("watch_request")?.request_id,
    );
    await settle();
    const candidate = {
      candidate: "candidate:1 1 udp 1 127.0.0.1 9 typ host",
      sdpMid: "0",
      sdpMLineIndex: 0,
    };
    socket.say("signal_ice", { session_id: "early", candidate });
    expect(FakePeer.latest.candidates).toHaveLength(0);
    socket.say("signal_answer", { session_id: "early", sdp: { type: "answer", sdp: answerSdp } });
    await settle();
    expect(FakePeer.latest.candidates).toEqual([candidate]);
  });

  it("waits for a device that is away, and starts when it is told that it came", async () => {
    watcher.start();
    const socket = await link();
    socket.say("error", { message: "Device is offline" }, socket.last("watch_request")?.request_id);
    await settle();
    expect(phase()).toEqual({ tag: "offline" });
    watcher.nudge();
    await play(socket);
  });

  it("shows the device's own words when it can't show the camera, and tries again later each time", async () => {
    watcher.start();
    const socket = await link();
    const waits: number[] = [];
    for (const wait of [1_000, 2_000, 4_000]) {
      sessions += 1;
      const session_id = `s${sessions}`;
      socket.say("watch_ready", { session_id, ice_servers: [] }, socket.last("watch_request")?.request_id);
      await settle();
      socket.say("watch_ended", { session_id, reason: "error", message: "Wrong password for this camera." });
      const now = phase();
      expect(now).toMatchObject({
        tag: "failed",
        failure: { kind: "device", message: "Wrong password for this camera." },
      });
      if (now.tag === "failed" && now.retryAt) waits.push(now.retryAt - Date.now());
      await vi.advanceTimersByTimeAsync(wait);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000]);
  });

  it("says which step failed: no answer, no path, no secure connection, no picture", async () => {
    watcher.start();
    const socket = await link();
    const failed = async (kind: string, run: () => Promise<void>) => {
      await run();
      expect(phase()).toMatchObject({ tag: "failed", failure: { kind } });
      watcher.start();
      await settle();
    };
    await failed("no_answer", async () => {
      socket.say(
        "watch_ready",
        { session_id: "n", ice_servers: [] },
        socket.last("watch_request")?.request_id,
      );
      await vi.advanceTimersByTimeAsync(15_000);
    });
    await failed("no_path", async () => {
      await answer(socket);
      FakePeer.latest.become("failed", "failed");
    });
    await failed("securing", async () => {
      await answer(socket);
      FakePeer.latest.become("connected", "failed");
    });
    await failed("no_picture", async () => {
      await answer(socket);
      FakePeer.latest.become("connected", "connected");
      await vi.advanceTimersByTimeAsync(10_000);
    });
  });

  it("greys a picture that stands still for three seconds, and starts anew after ten", async () => {
    watcher.start();
    await play(await link());
    await vi.advanceTimersByTimeAsync(3_000);
    expect(phase().tag).toBe("stalled");
    FakePeer.latest.decoded += 1;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(phase().tag).toBe("live");
    await vi.advanceTimersByTimeAsync(11_000);
    expect(phase().tag).toBe("connecting");
    expect(FakePeer.latest.closed).toBe(true);
  });

  it("keeps a flowing picture when only the hub goes away", async () => {
    watcher.start();
    const socket = await link();
    await play(socket);
    socket.drop();
    FakePeer.latest.decoded += 30;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(phase().tag).toBe("live");
    expect(FakePeer.latest.closed).toBe(false);
  });

  it("starts a new session at once when the hub is back and the picture is not", async () => {
    const socket = await link();
    watcher.start();
    await settle();
    await play(socket);
    await vi.advanceTimersByTimeAsync(2_000);
    client.nudge();
    await vi.advanceTimersByTimeAsync(1_010);
    expect(FakeSocket.opened).toHaveLength(2);
    FakeSocket.latest.accept();
    expect(FakePeer.made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(400);
    expect(FakeSocket.latest.last("watch_request")).toBeDefined();
    await play(FakeSocket.latest);
    expect(FakePeer.made).toHaveLength(2);
  });

  it("starts a new session when the path is lost for longer than a flicker", async () => {
    watcher.start();
    const socket = await link();
    await play(socket);
    FakePeer.latest.become("disconnected", "disconnected");
    await vi.advanceTimersByTimeAsync(1_000);
    FakePeer.latest.become("connected", "connected");
    FakePeer.latest.decoded += 1;
    await vi.advanceTimersByTimeAsync(2_500);
    expect(FakePeer.made).toHaveLength(1);
    FakePeer.latest.become("disconnected", "disconnected");
    await vi.advanceTimersByTimeAsync(1_500);
    socket.say("heartbeat_ack", {}); // the socket is doubted, too
    await vi.advanceTimersByTimeAsync(3_500);
    await play(socket);
    expect(FakePeer.made).toHaveLength(2);
  });

  it("costs nothing while paused, and plays again on demand", async () => {
    watcher.start();
    const socket = await link();
    await play(socket);
    watcher.pause();
    expect(phase().tag).toBe("paused");
    expect(socket.last("end_watch")).toBeDefined();
    watcher.nudge();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(FakePeer.made).toHaveLength(1);
    watcher.start();
    await play(FakeSocket.latest);
  });

  it("leaves the hub's session when it is closed while being opened", async () => {
    watcher.start();
    const socket = await link();
    watcher.pause();
    socket.say(
      "watch_ready",
      { session_id: "late", ice_servers: [] },
      socket.last("watch_request")?.request_id,
    );
    await settle();
    expect(socket.last("end_watch")?.payload).toEqual({ session_id: "late" });
  });
});
