// The watchers of all cameras on screen: grid and viewer share one session, and a page change does not interrupt it.
import type { SignalingClient } from "@/signaling/client";
import type { TrustPolicy } from "./identity";
import { Watcher } from "./watcher";
import type { SessionTarget } from "./watchSession";

const lingerMs = 3_000;

interface Entry {
  watcher: Watcher;
  target: SessionTarget;
  users: number;
  linger: ReturnType<typeof setTimeout> | undefined;
}

export interface WatchPoolOptions {
  client: SignalingClient;
  policy: (deviceId: string) => TrustPolicy;
  onKey: (deviceId: string, publicKey: string) => void;
}

export class WatchPool {
  private readonly options: WatchPoolOptions;
  private readonly entries = new Map<string, Entry>();

  constructor(options: WatchPoolOptions) {
    this.options = options;
  }

  /** The camera's watcher, started. Each `acquire` needs one `release`. */
  acquire(target: SessionTarget): Watcher {
    const entry = this.entry(target);
    clearTimeout(entry.linger);
    const fresh = entry.users === 0 && entry.linger === undefined;
    if (fresh || entry.watcher.snapshot.phase.tag === "paused") entry.watcher.start();
    entry.linger = undefined;
    entry.users += 1;
    return entry.watcher;
  }

  release(target: SessionTarget): void {
    const key = cameraKey(target);
    const entry = this.entries.get(key);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    entry.linger = setTimeout(() => {
      this.entries.delete(key);
      entry.watcher.dispose();
    }, lingerMs);
  }

  /** Device came online, or the network came back: whoever waits tries now. */
  nudge(deviceId?: string): void {
    for (const { watcher, target } of this.entries.values()) {
      if (deviceId === undefined || target.deviceId === deviceId) watcher.nudge();
    }
  }

  /** The person changed what is trusted: judge anew. */
  restart(deviceId: string): void {
    for (const { watcher, target } of this.entries.values()) {
      if (target.deviceId === deviceId) watcher.start();
    }
  }

  dispose(): void {
    for (const entry of this.entries.values()) {
      clearTimeout(entry.linger);
      entry.watcher.dispose();
    }
    this.entries.clear();
  }

  private entry(target: SessionTarget): Entry {
    const key = cameraKey(target);
    const known = this.entries.get(key);
    if (known) return known;
    const { client, policy, onKey } = this.options;
    const watcher = new Watcher({
      client,
      target,
      policy: () => policy(target.deviceId),
      onKey: (publicKey) => onKey(target.deviceId, publicKey),
    });
    const entry: Entry = { watcher, target, users: 0, linger: undefined };
    this.entries.set(key, entry);
    return entry;
  }
}

export function cameraKey({ deviceId, camera }: SessionTarget): string {
  return `${deviceId}/${camera ?? ""}`;
}
