// The signaling client against a scripted hub: hello, requests, loss, heartbeat, pace.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignalingClient, SignalingError } from "./client";
import { FakeSocket } from "./fakeSocket";
import type { WatchHandlers } from "./watchChannel";

const token = vi.fn(async (_renew: boolean) => "access");
let client: SignalingClient;

function handlers(): WatchHandlers {
  return { onAnswer: vi.fn(), onCandidate: vi.fn(), onEnded: vi.fn(), onDetached: vi.fn() };
}

async function connected(): Promise<FakeSocket> {
  client.start();
  await vi.advanceTimersByTimeAsync(0);
  FakeSocket.latest.accept();
  return FakeSocket.latest;
}

async function watching(socket: FakeSocket, watch: WatchHandlers) {
  const opening = client.openWatch("dev", "front", watch);
  socket.say("watch_ready", { session_id: "s1", ice_servers: [] }, socket.last("watch_request")?.request_id);
  return await opening;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.opened.length = 0;
  token.mockClear();
  client = new SignalingClient({
    url: "ws://hub/ws/viewer",
    token,
    open: FakeSocket.open,
    random: () => 0.5,
  });
});

afterEach(() => {
  client.stop();
  vi.useRealTimers();
});

describe("SignalingClient", () => {
  it("says hello with the access token and is ready when the hub acknowledges", async () => {
    const socket = await connected();
    expect(socket.sent[0]).toMatchObject({ type: "hello", payload: { token: "access" } });
    expect(client.state.tag).toBe("ready");
  });

  it("waits twice as long after every loss, from one second to thirty", async () => {
    client.start();
    const waits: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      await vi.advanceTimersByTimeAsync(0);
      FakeSocket.latest.drop();
      if (client.state.tag !== "waiting") throw new Error(client.state.tag);
      const wait = client.state.retryAt - Date.now();
      waits.push(wait);
      await vi.advanceTimersByTimeAsync(wait);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it("asks for a new token after the hub refused the old one", async () => {
    const socket = await connected();
    socket.drop(1008);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(token).toHaveBeenLastCalledWith(true);
  });

  it("opens a watch session and hands its messages to the right handlers", async () => {
    const socket = await connected();
    const watch = handlers();
    const channel = await watching(socket, watch);
    expect(socket.last("watch_request")?.payload).toEqual({ device_id: "dev", camera: "front" });
    channel.sendOffer("v=0");
    expect(socket.last("signal_offer")?.payload).toEqual({
      session_id: "s1",
      sdp: { type: "offer", sdp: "v=0" },
    });
    socket.say("signal_answer", { session_id: "s1", sdp: { type: "answer", sdp: "v=1" } });
    socket.say("signal_ice", { session_id: "s1", candidate: null });
    socket.say("signal_answer", { session_id: "other", sdp: { type: "answer", sdp: "v=2" } });
    expect(watch.onAnswer).toHaveBeenCalledExactlyOnceWith({ type: "answer", sdp: "v=1" }, null);
    expect(watch.onCandidate).toHaveBeenCalledExactlyOnceWith(null);
  });

  it("does not lose an answer that comes right behind watch_ready", async () => {
    const socket = await connected();
    const watch = handlers();
    const opening = client.openWatch("dev", null, watch);
    socket.say(
      "watch_ready",
      { session_id: "s1", ice_servers: [] },
      socket.last("watch_request")?.request_id,
    );
    socket.say("watch_ended", { session_id: "s1", reason: "error", message: "No such camera." });
    await opening;
    expect(watch.onEnded).toHaveBeenCalledWith("error", "No such camera.");
  });

  it("rejects a request with the hub's sentence, with or without its id", async () => {
    const socket = await connected();
    const first = client.openWatch("dev", null, handlers());
    socket.say("error", { message: "Device is offline" }, socket.last("watch_request")?.request_id);
    await expect(first).rejects.toEqual(new SignalingError("refused", "Device is offline"));
    const second = client.openWatch("dev", null, handlers());
    socket.say("error", { message: "Device not found" });
    await expect(second).rejects.toThrow("Device not found");
  });

  it("ends a session whose offer the hub refuses", async () => {
    const socket = await connected();
    const watch = handlers();
    const channel = await watching(socket, watch);
    channel.sendOffer("v=0");
    socket.say("error", { message: "Session not found" }, socket.last("signal_offer")?.request_id);
    expect(watch.onEnded).toHaveBeenCalledWith("error", "Session not found");
  });

  it("tells open sessions and requests when the socket is lost", async () => {
    const socket = await connected();
    const watch = handlers();
    const channel = await watching(socket, watch);
    const request = client.openWatch("dev", null, handlers());
    channel.sendOffer("v=0");
    socket.drop();
    expect(watch.onDetached).toHaveBeenCalledOnce();
    expect(watch.onEnded).not.toHaveBeenCalled();
    await expect(request).rejects.toMatchObject({ code: "lost" });
  });

  it("gives up a socket that no longer answers heartbeats", async () => {
    const socket = await connected();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(socket.last("heartbeat")).toBeDefined();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(FakeSocket.opened.length).toBeGreaterThan(1);
  });

  it("finds out within a second after waking that the socket is dead, and reconnects at once", async () => {
    await connected();
    await vi.advanceTimersByTimeAsync(10);
    client.nudge();
    await vi.advanceTimersByTimeAsync(990);
    expect(client.state.tag).toBe("ready");
    await vi.advanceTimersByTimeAsync(20);
    expect(client.state.tag).toBe("connecting");
    expect(FakeSocket.opened).toHaveLength(2);
  });

  it("doubts a socket on which a request had no reply", async () => {
    await connected();
    const request = client.openWatch("dev", null, handlers()).catch(() => {});
    await vi.advanceTimersByTimeAsync(11_100);
    await request;
    expect(FakeSocket.opened).toHaveLength(2);
  });

  it("keeps a socket that answers after waking", async () => {
    const socket = await connected();
    await vi.advanceTimersByTimeAsync(10);
    client.nudge();
    socket.say("heartbeat_ack", {});
    await vi.advanceTimersByTimeAsync(5_000);
    expect(client.state.tag).toBe("ready");
    expect(FakeSocket.opened).toHaveLength(1);
  });

  it("keeps below the hub's rate however much is sent at once", async () => {
    const socket = await connected();
    const channel = await watching(socket, handlers());
    const before = socket.sent.length;
    for (let index = 0; index < 500; index += 1) channel.sendCandidate(null);
    expect(socket.sent.length - before).toBeLessThanOrEqual(200);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(socket.sent.length - before).toBe(500);
  });

  it("ignores what is not JSON and what it does not know", async () => {
    const socket = await connected();
    socket.onmessage?.({ data: "{" });
    socket.say("something_new", {});
    expect(client.state.tag).toBe("ready");
  });
});
