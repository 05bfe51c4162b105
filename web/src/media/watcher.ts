// Keeps one camera playing: starts sessions, notices stalls and losses, tries again with back-off.
import { backoffMs } from "@/signaling/backoff";
import type { SignalingClient } from "@/signaling/client";
import { isFinal } from "./failure";
import type { TrustPolicy } from "./identity";
import { type Counters, readStatistics } from "./statistics";
import { type SessionEnd, type SessionTarget, WatchSession } from "./watchSession";
import { idle, reduceWatch, type Watch, type WatchAction } from "./watchState";

export interface WatcherOptions {
  client: SignalingClient;
  target: SessionTarget;
  policy: () => TrustPolicy;
  /** A key seen for the first time; the caller pins it. */
  onKey: (publicKey: string) => void;
  createPeer?: (configuration: RTCConfiguration) => RTCPeerConnection;
  random?: () => number;
}

const pollMs = 1_000;
const stalledMs = 3_000;
const deadMs = 10_000;
/** Without a picture for that long, once the socket is back, the path is taken for lost. */
const doubtMs = 1_200;
const settleMs = 300;
const steadyMs = 10_000;
const ceilingMs = 30_000;

export class Watcher {
  private readonly options: WatcherOptions;
  private readonly listeners = new Set<() => void>();
  private readonly unlink: () => void;
  private watch: Watch = idle;
  private session: WatchSession | undefined;
  private attempt = 0;
  private waitingForHub = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private doubtTimer: ReturnType<typeof setTimeout> | undefined;
  private pollTimer: ReturnType<typeof setInterval> | undefined;
  private counters: Counters | null = null;
  private advancedAt = 0;
  private liveSince = 0;

  constructor(options: WatcherOptions) {
    this.options = options;
    let wasReady = options.client.state.tag === "ready";
    this.unlink = options.client.onState(() => {
      const isReady = options.client.state.tag === "ready";
      if (isReady && !wasReady) this.hubCameBack();
      wasReady = isReady;
    });
  }

  get snapshot(): Watch {
    return this.watch;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Begins at once, whatever a timer was waiting for. */
  start(): void {
    this.attempt = 0;
    this.begin();
  }

  pause(): void {
    this.halt();
    this.dispatch({ type: "pause" });
  }

  dispose(): void {
    this.halt();
    this.unlink();
    this.listeners.clear();
  }

  /** Something changed for the better (network, presence): don't wait for the timer. */
  nudge(): void {
    const { phase } = this.watch;
    const waits = phase.tag === "offline" || (phase.tag === "failed" && phase.retryAt !== null);
    if (waits || (phase.tag === "connecting" && !this.session)) this.start();
  }

  /** A picture of `stream` reached the screen. */
  frameShown(stream: MediaStream | null): void {
    if (stream && stream === this.watch.stream && this.session) this.advance();
  }

  // The socket and the picture have paths of their own. If both went at once, as when this machine changes networks, a new session is
  // there long before the old one has given up.
  private hubCameBack(): void {
    if (this.waitingForHub) {
      this.begin();
      return;
    }
    const { session } = this;
    clearTimeout(this.doubtTimer);
    this.doubtTimer = setTimeout(
      () => {
        const { tag } = this.watch.phase;
        const isStill = Date.now() - this.advancedAt >= doubtMs;
        if (session && session === this.session && (tag === "live" || tag === "stalled") && isStill)
          this.start();
      },
      Math.max(settleMs, this.advancedAt + doubtMs - Date.now()),
    );
  }

  private begin(): void {
    this.halt();
    const hubReady = this.options.client.state.tag === "ready";
    this.dispatch({ type: "attempt", attempt: this.attempt, hubReady });
    this.waitingForHub = !hubReady;
    if (!hubReady) return;
    const { client, target, policy, createPeer } = this.options;
    const session = new WatchSession(
      client,
      target,
      policy(),
      {
        stage: (stage) => this.dispatch({ type: "stage", stage }),
        trusted: (trust) => {
          if (trust.tag === "verified") this.options.onKey(trust.publicKey);
          this.dispatch({ type: "trusted", trust });
        },
        tracks: (stream, hasAudio) => this.dispatch({ type: "tracks", stream, hasAudio }),
        over: (end) => this.end(end),
      },
      createPeer,
    );
    this.session = session;
    this.liveSince = 0;
    this.counters = null;
    this.pollTimer = setInterval(() => void this.poll(session), pollMs);
    void session.start();
  }

  private end(end: SessionEnd): void {
    this.halt();
    if (end.tag === "failed" && isFinal(end.failure.kind)) {
      this.dispatch({ type: "fail", failure: end.failure, retryAt: null });
      return;
    }
    if (this.liveSince > 0 && Date.now() - this.liveSince > steadyMs) this.attempt = 0;
    this.liveSince = 0;
    const delay = backoffMs(this.attempt, ceilingMs, (this.options.random ?? Math.random)());
    this.attempt += 1;
    if (end.tag === "failed")
      this.dispatch({ type: "fail", failure: end.failure, retryAt: Date.now() + delay });
    else if (end.tag === "away") this.dispatch({ type: "device_away" });
    else
      this.dispatch({
        type: "attempt",
        attempt: this.attempt,
        hubReady: this.options.client.state.tag === "ready",
      });
    this.retryTimer = setTimeout(() => this.begin(), end.tag === "away" ? ceilingMs : delay);
  }

  private async poll(session: WatchSession): Promise<void> {
    const report = await session.statistics().catch(() => null);
    if (!report || session !== this.session) return;
    const { figures, counters } = readStatistics(
      report as unknown as Iterable<[string, unknown]>,
      this.counters,
    );
    const moved = counters.decoded > (this.counters?.decoded ?? 0);
    this.counters = counters;
    this.dispatch({ type: "figures", figures });
    if (moved) {
      this.advance();
      return;
    }
    const still = Date.now() - this.advancedAt;
    if (this.watch.phase.tag === "live" && still >= stalledMs) {
      this.dispatch({ type: "stall", since: this.advancedAt });
      this.options.client.nudge(); // not every browser tells of a change of networks, after which the socket is dead, too
    }
    if (this.watch.phase.tag === "stalled" && still >= deadMs) {
      session.close();
      this.end({ tag: "again" });
    }
  }

  private advance(): void {
    this.advancedAt = Date.now();
    if (this.watch.phase.tag === "live") return;
    if (this.liveSince === 0) this.liveSince = this.advancedAt;
    this.session?.pictureShown();
    this.dispatch({ type: "frame" });
  }

  private halt(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.doubtTimer);
    clearInterval(this.pollTimer);
    this.waitingForHub = false;
    this.session?.close();
    this.session = undefined;
  }

  private dispatch(action: WatchAction): void {
    const next = reduceWatch(this.watch, action);
    if (next === this.watch) return;
    this.watch = next;
    for (const listener of this.listeners) listener();
  }
}
