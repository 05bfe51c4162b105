// Watches one camera while a component shows it.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Watcher } from "@/media/watcher";
import { cameraKey } from "@/media/watchPool";
import { idle, type Watch } from "@/media/watchState";
import { useLive } from "./liveContext";

export interface WatchHandle {
  watch: Watch;
  watcher: Watcher | null;
}

/** `active` false lets go of the session (off screen, hidden page). */
export function useWatch(deviceId: string, camera: string | null, active: boolean): WatchHandle {
  const { pool } = useLive();
  const key = cameraKey({ deviceId, camera });
  const [held, setHeld] = useState<{ key: string; watcher: Watcher } | null>(null);

  useEffect(() => {
    if (!active) return;
    const target = { deviceId, camera };
    setHeld({ key: cameraKey(target), watcher: pool.acquire(target) });
    return () => {
      setHeld(null);
      pool.release(target);
    };
  }, [pool, deviceId, camera, active]);

  const watcher = held?.key === key ? held.watcher : null;
  const subscribe = useCallback(
    (listener: () => void) => watcher?.subscribe(listener) ?? (() => {}),
    [watcher],
  );
  const watch = useSyncExternalStore(subscribe, () => watcher?.snapshot ?? idle);
  return { watch, watcher };
}

/** False once the page has been hidden for half a minute; true again as soon as it shows. */
export function usePageShown(): boolean {
  const [shown, setShown] = useState(true);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const onChange = () => {
      clearTimeout(timer.current);
      if (document.visibilityState === "visible") setShown(true);
      else timer.current = setTimeout(() => setShown(false), 30_000);
    };
    document.addEventListener("visibilitychange", onChange);
    return () => {
      clearTimeout(timer.current);
      document.removeEventListener("visibilitychange", onChange);
    };
  }, []);
  return shown;
}
