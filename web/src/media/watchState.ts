// What is known of one watched camera, and how each thing that happens changes it. Pure: timers and sockets are the watcher's.
import type { Failure } from "./failure";
import type { Figures } from "./statistics";

/** In the order they are reached. */
export type Stage = "hub" | "session" | "path" | "securing" | "picture";

export type Phase =
  | { tag: "connecting"; stage: Stage; attempt: number }
  | { tag: "live" }
  /** No new picture since (milliseconds since 1970). */
  | { tag: "stalled"; since: number }
  | { tag: "paused" }
  /** The hub says that the device is away. */
  | { tag: "offline" }
  /** `retryAt` is null when only a person can help. */
  | { tag: "failed"; failure: Failure; retryAt: number | null };

export type Trust = { tag: "verified"; publicKey: string } | { tag: "unverified" };

export interface Watch {
  phase: Phase;
  stream: MediaStream | null;
  hasAudio: boolean;
  trust: Trust | null;
  figures: Figures | null;
}

export type WatchAction =
  | { type: "attempt"; attempt: number; hubReady: boolean }
  | { type: "stage"; stage: Stage }
  | { type: "trusted"; trust: Trust }
  | { type: "tracks"; stream: MediaStream; hasAudio: boolean }
  | { type: "frame" }
  | { type: "stall"; since: number }
  | { type: "figures"; figures: Figures }
  | { type: "pause" }
  | { type: "device_away" }
  | { type: "fail"; failure: Failure; retryAt: number | null };

export const idle: Watch = {
  phase: { tag: "connecting", stage: "hub", attempt: 0 },
  stream: null,
  hasAudio: false,
  trust: null,
  figures: null,
};

export function reduceWatch(watch: Watch, action: WatchAction): Watch {
  switch (action.type) {
    case "attempt":
      return {
        ...watch,
        phase: { tag: "connecting", stage: action.hubReady ? "session" : "hub", attempt: action.attempt },
        figures: null,
      };
    case "stage":
      // A stage never goes back within an attempt: ICE may flicker while DTLS already runs.
      if (watch.phase.tag !== "connecting" || rank(action.stage) <= rank(watch.phase.stage)) return watch;
      return { ...watch, phase: { ...watch.phase, stage: action.stage } };
    case "trusted":
      return { ...watch, trust: action.trust };
    case "tracks":
      return { ...watch, stream: action.stream, hasAudio: action.hasAudio };
    case "frame":
      if (watch.phase.tag !== "connecting" && watch.phase.tag !== "stalled") return watch;
      return { ...watch, phase: { tag: "live" } };
    case "stall":
      return watch.phase.tag === "live"
        ? { ...watch, phase: { tag: "stalled", since: action.since } }
        : watch;
    case "figures":
      return { ...watch, figures: action.figures };
    case "pause":
      return { ...watch, phase: { tag: "paused" }, figures: null };
    case "device_away":
      return { ...watch, phase: { tag: "offline" }, figures: null };
    case "fail":
      return {
        ...watch,
        phase: { tag: "failed", failure: action.failure, retryAt: action.retryAt },
        figures: null,
      };
  }
}

function rank(stage: Stage): number {
  return ["hub", "session", "path", "securing", "picture"].indexOf(stage);
}
