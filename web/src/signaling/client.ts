// The one socket to the hub: hello, heartbeat, reconnect with back-off, requests by id, watch sessions.
import { backoffMs } from "./backoff";
import type {
  Envelope,
  ErrorMessage,
  PresenceChanged,
  SignalIce,
  SignalSdp,
  WatchEnded,
  WatchReady,
} from "./messages.gen";
import { Outbox } from "./outbox";
import { WatchChannel, type WatchHandlers } from "./watchChannel";

export type LinkState =
  | { tag: "stopped" }
  | { tag: "connecting" }
  | { tag: "ready" }
  /** Lost; the next attempt comes at `retryAt` (milliseconds since 1970). */
  | { tag: "waiting"; retryAt: number };

export interface SignalingOptions {
  url: string;
  /** The access token; `renew` asks for a new one after the hub refused the last. */
  token: (renew: boolean) => Promise<string>;
  open?: (url: string) => WebSocket;
  random?: () => number;
}

export class SignalingError extends Error {
  readonly code: "refused" | "timeout" | "lost";

  constructor(code: "refused" | "timeout" | "lost", message: string) {
    super(message);
    this.code = code;
  }
}

const heartbeatMs = 20_000;
const silenceMs = 45_000;
const requestMs = 10_000;
const helloMs = 10_000;
/** A socket that outlived a change of networks answers within this. */
const wakeMs = 1_000;
const ceilingMs = 30_000;

interface Pending {
  resolve: (payload: unknown) => void;
  reject: (error: SignalingError) => void;
}

export class SignalingClient {
  private readonly options: SignalingOptions;
  private readonly outbox = new Outbox((text) => this.socket?.send(text));
  private readonly pending = new Map<string, Pending>();
  private readonly channels = new Map<string, WatchChannel>();
  private readonly stateListeners = new Set<() => void>();
  private readonly presenceListeners = new Set<(presence: PresenceChanged) => void>();
  private socket: WebSocket | undefined;
  private current: LinkState = { tag: "stopped" };
  private attempt = 0;
  private generation = 0;
  private lastId = 0;
  private heardAt = 0;
  private askedAt = 0;
  private renew = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private heartbeatTimer: ReturnType<typeof setInterval> | undefined;
  private guardTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SignalingOptions) {
    this.options = options;
  }

  get state(): LinkState {
    return this.current;
  }

  onState(listener: () => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  onPresence(listener: (presence: PresenceChanged) => void): () => void {
    this.presenceListeners.add(listener);
    return () => this.presenceListeners.delete(listener);
  }

  start(): void {
    if (this.current.tag === "stopped") void this.connect();
  }

  stop(): void {
    this.generation += 1;
    clearTimeout(this.retryTimer);
    this.drop();
    this.enter({ tag: "stopped" });
  }

  /** The network or the machine came back: reconnect now, or find out quickly whether the socket still lives. */
  nudge(): void {
    if (this.current.tag === "waiting") {
      clearTimeout(this.retryTimer);
      void this.connect();
      return;
    }
    if (this.current.tag !== "ready") return;
    const asked = Date.now();
    if (this.askedAt > this.heardAt && asked - this.askedAt <= wakeMs) return; // being found out
    this.askedAt = asked;
    this.post("heartbeat", {});
    clearTimeout(this.guardTimer);
    this.guardTimer = setTimeout(() => {
      if (this.heardAt < asked) this.lose(0);
    }, wakeMs);
  }

  /** Opens a watch session; rejects with a SignalingError. */
  async openWatch(deviceId: string, camera: string | null, handlers: WatchHandlers): Promise<WatchChannel> {
    const payload = camera === null ? { device_id: deviceId } : { device_id: deviceId, camera };
    // The channel is registered while the reply is handled, so a message right behind it is not lost.
    return await this.request("watch_request", payload, (reply) => {
      const ready = reply as WatchReady;
      const channel = new WatchChannel(ready.session_id, ready.ice_servers ?? [], handlers, {
        post: (type, body, onError) => this.post(type, body, onError),
        forget: (sessionId) => this.channels.delete(sessionId),
      });
      this.channels.set(ready.session_id, channel);
      return channel;
    });
  }

  private request<T>(type: string, payload: object, accept: (reply: unknown) => T): Promise<T> {
    if (this.current.tag !== "ready") return Promise.reject(new SignalingError("lost", "Not connected."));
    return new Promise<T>((resolve, reject) => {
      const id = this.nextId();
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new SignalingError("timeout", "No reply."));
        this.nudge(); // perhaps it is the socket that is dead
      }, requestMs);
      this.pending.set(id, {
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(accept(reply));
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.write(type, payload, id);
    });
  }

  private post(type: string, payload: object, onError?: (message: string) => void): void {
    const id = onError ? this.nextId() : undefined;
    if (id && onError) {
      this.pending.set(id, { resolve: () => {}, reject: (error) => onError(error.message) });
      setTimeout(() => this.pending.delete(id), requestMs);
    }
    this.write(type, payload, id);
  }

  private write(type: string, payload: object, id?: string): void {
    if (this.socket?.readyState !== 1) return;
    const ts = new Date().toISOString();
    this.outbox.push(JSON.stringify(id ? { type, request_id: id, ts, payload } : { type, ts, payload }));
  }

  private nextId(): string {
    this.lastId += 1;
    return `w${this.lastId}`;
  }

  private async connect(): Promise<void> {
    this.generation += 1;
    const mine = this.generation;
    this.enter({ tag: "connecting" });
    let token: string;
    try {
      token = await this.options.token(this.renew);
    } catch {
      if (mine === this.generation) this.lose();
      return;
    }
    if (mine !== this.generation) return;
    this.renew = false;
    const open = this.options.open ?? ((url) => new WebSocket(url));
    const socket = open(this.options.url);
    this.socket = socket;
    this.guardTimer = setTimeout(() => this.lose(), helloMs);
    socket.onopen = () => this.write("hello", { token });
    socket.onmessage = (event) => {
      if (mine === this.generation && typeof event.data === "string") this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (mine !== this.generation) return;
      this.renew = event.code === 1008;
      this.lose();
    };
  }

  private receive(text: string): void {
    let message: Envelope;
    try {
      message = JSON.parse(text) as Envelope;
    } catch {
      return;
    }
    this.heardAt = Date.now();
    const payload = (message.payload ?? {}) as object;
    const asked = message.request_id ? this.pending.get(message.request_id) : undefined;
    if (asked && message.request_id) this.pending.delete(message.request_id);
    switch (message.type) {
      case "hello_ack":
        clearTimeout(this.guardTimer);
        this.attempt = 0;
        this.heartbeatTimer = setInterval(() => this.beat(), heartbeatMs);
        this.enter({ tag: "ready" });
        break;
      case "watch_ready":
        asked?.resolve(payload);
        break;
      case "signal_answer": {
        const { session_id, sdp, identity } = payload as SignalSdp;
        if (session_id && sdp) this.channels.get(session_id)?.handlers.onAnswer(sdp, identity ?? null);
        break;
      }
      case "signal_ice": {
        const { session_id, candidate } = payload as SignalIce;
        if (session_id) this.channels.get(session_id)?.handlers.onCandidate(candidate ?? null);
        break;
      }
      case "watch_ended": {
        const { session_id, reason, message: words } = payload as WatchEnded;
        this.channels.get(session_id)?.finish(reason, words ?? null);
        break;
      }
      case "device_presence":
        for (const listener of this.presenceListeners) listener(payload as PresenceChanged);
        break;
      case "error":
        this.refuse(asked, (payload as ErrorMessage).message ?? "");
        break;
    }
  }

  /** An error without an id (hubs of the original protocol) belongs to the oldest open request. */
  private refuse(asked: Pending | undefined, message: string): void {
    const oldest = this.pending.entries().next().value;
    const target = asked ?? oldest?.[1];
    if (!asked && oldest) this.pending.delete(oldest[0]);
    target?.reject(new SignalingError("refused", message));
  }

  private beat(): void {
    if (Date.now() - this.heardAt > silenceMs) this.lose();
    else this.post("heartbeat", {});
  }

  private lose(delay = backoffMs(this.attempt, ceilingMs, (this.options.random ?? Math.random)())): void {
    this.generation += 1;
    this.drop();
    this.attempt += 1;
    this.enter({ tag: "waiting", retryAt: Date.now() + delay });
    this.retryTimer = setTimeout(() => void this.connect(), delay);
  }

  private drop(): void {
    clearInterval(this.heartbeatTimer);
    clearTimeout(this.guardTimer);
    this.outbox.clear();
    this.socket?.close();
    this.socket = undefined;
    const detached = [...this.channels.values()];
    this.channels.clear();
    for (const channel of detached) channel.detach();
    const lost = [...this.pending.values()];
    this.pending.clear();
    for (const request of lost)
      request.reject(new SignalingError("lost", "The connection to the hub was lost."));
  }

  private enter(state: LinkState): void {
    this.current = state;
    for (const listener of this.stateListeners) listener();
  }
}
