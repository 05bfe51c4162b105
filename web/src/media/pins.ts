// The keys of devices this browser has met. Once a key is pinned, only that key can show video for the device.

export interface Pin {
  /** Base64url SubjectPublicKeyInfo without padding. */
  publicKey: string;
  /** Milliseconds since 1970. */
  at: number;
  /** `compared`: a person compared the fingerprint; `first_use`: taken on trust the first time. */
  how: "compared" | "first_use";
}

const storageKey = "mumu.device-keys";

export class PinStore {
  private readonly storage: Pick<Storage, "getItem" | "setItem">;
  private readonly listeners = new Set<() => void>();
  private pins: Record<string, Pin>;

  constructor(storage: Pick<Storage, "getItem" | "setItem">) {
    this.storage = storage;
    this.pins = this.load();
  }

  get(deviceId: string): Pin | undefined {
    return Object.hasOwn(this.pins, deviceId) ? this.pins[deviceId] : undefined;
  }

  set(deviceId: string, publicKey: string, how: Pin["how"]): void {
    this.change({ ...this.load(), [deviceId]: { publicKey: normalKey(publicKey), at: Date.now(), how } });
  }

  forget(deviceId: string): void {
    const { [deviceId]: _, ...rest } = this.load();
    this.change(rest);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private change(pins: Record<string, Pin>): void {
    this.pins = pins;
    this.storage.setItem(storageKey, JSON.stringify(pins));
    for (const listener of this.listeners) listener();
  }

  // Read again before each change: another tab may have pinned a device meanwhile.
  private load(): Record<string, Pin> {
    try {
      return JSON.parse(this.storage.getItem(storageKey) ?? "{}") as Record<string, Pin>;
    } catch {
      return {};
    }
  }
}

/** The same key has one spelling. */
export function normalKey(publicKey: string): string {
  return publicKey.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
