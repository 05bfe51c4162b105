// How a device's key stands to the one this browser knows.
import { useSyncExternalStore } from "react";
import { useLive } from "@/lib/live/liveContext";
import { normalKey, type Pin } from "@/media/pins";
import type { DeviceInfo } from "@/signaling/messages.gen";

/** `new`: not met yet; `changed`: another key, or none any more, than the one pinned. */
export type KeyState = "known" | "new" | "changed" | "keyless";

export function keyState(device: Pick<DeviceInfo, "public_key">, pin: Pin | undefined): KeyState {
  if (!device.public_key) return pin ? "changed" : "keyless";
  if (!pin) return "new";
  return pin.publicKey === normalKey(device.public_key) ? "known" : "changed";
}

export function usePin(deviceId: string): Pin | undefined {
  const { pins } = useLive();
  return useSyncExternalStore(
    (listener) => pins.subscribe(listener),
    () => pins.get(deviceId),
  );
}
