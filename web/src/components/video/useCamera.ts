// One camera on screen: its watch, and what to call its state, device away or not.
import { useEffect, useState } from "react";
import type { Camera } from "@/lib/devices";
import { usePageShown, useWatch } from "@/lib/live/useWatch";
import type { Watcher } from "@/media/watcher";
import { cameraKey } from "@/media/watchPool";
import type { Phase, Watch } from "@/media/watchState";

export interface CameraView {
  key: string;
  watch: Watch;
  watcher: Watcher | null;
  phase: Phase;
}

export function useCamera(camera: Camera, visible: boolean, audible: boolean): CameraView {
  const { device, id } = camera;
  // A picture that flows goes on while the device has lost the hub: it has its own path.
  const [flowing, setFlowing] = useState(false);
  const shown = usePageShown();
  const active = visible && (shown || audible) && (device.is_online || flowing);
  const { watch, watcher } = useWatch(device.device_id, id, active);
  const { tag } = watch.phase;
  useEffect(() => setFlowing(tag === "live" || tag === "stalled"), [tag]);
  const phase: Phase = !device.is_online && !flowing ? { tag: "offline" } : watch.phase;
  return { key: cameraKey({ deviceId: device.device_id, camera: id }), watch, watcher, phase };
}
