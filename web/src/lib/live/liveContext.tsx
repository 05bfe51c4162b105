// The signed-in app's live machinery: one signaling socket, one pool of watchers, the pinned keys.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { PinStore } from "@/media/pins";
import { WatchPool } from "@/media/watchPool";
import { type LinkState, SignalingClient } from "@/signaling/client";
import type { DeviceInfo, PresenceChanged } from "@/signaling/messages.gen";
import { session } from "../api";
import { devicesKey } from "../devices";
import { watchWaking } from "./waking";

interface Live {
  client: SignalingClient;
  pool: WatchPool;
  pins: PinStore;
}

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const live = useMemo<Live>(() => {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const client = new SignalingClient({
      url: `${scheme}//${location.host}/ws/viewer`,
      token: (renew) => session.token(renew),
    });
    const pins = new PinStore(localStorage);
    const pool = new WatchPool({
      client,
      policy: (deviceId) => {
        const device = queries.getQueryData<DeviceInfo[]>(devicesKey)?.find((d) => d.device_id === deviceId);
        return {
          pinnedKey: pins.get(deviceId)?.publicKey,
          listedKey: device?.public_key ?? undefined,
          allowKeyless: device?.verified === false && device.allowed,
        };
      },
      onKey: (deviceId, publicKey) => {
        if (!pins.get(deviceId)) pins.set(deviceId, publicKey, "first_use");
      },
    });
    return { client, pool, pins };
  }, [queries]);

  useEffect(() => {
    const { client, pool } = live;
    let wasReady = false;
    const offState = client.onState(() => {
      // What happened while the socket was away is not told again: ask.
      if (client.state.tag === "ready" && wasReady) void queries.invalidateQueries({ queryKey: devicesKey });
      wasReady ||= client.state.tag === "ready";
    });
    const offPresence = client.onPresence((presence) => {
      queries.setQueryData<DeviceInfo[]>(
        devicesKey,
        (devices) => devices && applyPresence(devices, presence),
      );
      const known = queries
        .getQueryData<DeviceInfo[]>(devicesKey)
        ?.some((d) => d.device_id === presence.device_id);
      if (!known) void queries.invalidateQueries({ queryKey: devicesKey });
      if (presence.is_online) pool.nudge(presence.device_id);
    });
    const offWaking = watchWaking(() => {
      client.nudge();
      pool.nudge();
    });
    client.start();
    return () => {
      offState();
      offPresence();
      offWaking();
      pool.dispose();
      client.stop();
    };
  }, [live, queries]);

  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive is used outside of LiveProvider.");
  return live;
}

export function useLink(): LinkState {
  const { client } = useLive();
  return useSyncExternalStore(
    (listener) => client.onState(listener),
    () => client.state,
  );
}

export function applyPresence(devices: DeviceInfo[], change: PresenceChanged): DeviceInfo[] {
  return devices.map((device) =>
    device.device_id === change.device_id
      ? {
          ...device,
          is_online: change.is_online,
          last_seen: change.last_seen ?? device.last_seen,
          presence: change.presence ?? device.presence,
        }
      : device,
  );
}
