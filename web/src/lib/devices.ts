// Devices as the hub lists them, and the cameras they have.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { CameraPresence } from "@/signaling/messages.gen";
import { call } from "./api";

export interface Device {
  id: string | number;
  device_id: string;
  device_name: string | null;
  device_type: string;
  is_online: boolean;
  last_seen: string | null;
  verified?: boolean;
  allowed?: boolean;
  public_key?: string | null;
  fingerprint?: string | null;
  role?: string;
  room?: string | null;
  presence?: unknown;
}

export interface Camera {
  device: Device;
  /** Null for a device that does not list its cameras: it shows its first. */
  id: string | null;
  name: string;
  presence: CameraPresence | null;
}

export const devicesKey = ["devices"];

export function useDevices() {
  return useQuery({
    queryKey: devicesKey,
    queryFn: () => call<Device[]>("GET", "/api/devices"),
    refetchInterval: 30_000,
  });
}

export function usePatchDevice() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ deviceId, ...changes }: DeviceChanges) =>
      call<unknown>("PATCH", `/api/devices/${encodeURIComponent(deviceId)}`, changes),
    onSettled: () => queries.invalidateQueries({ queryKey: devicesKey }),
  });
}

export interface DeviceChanges {
  deviceId: string;
  device_name?: string;
  room?: string;
  allow_unverified?: boolean;
}

export function useRemoveDevice() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (deviceId: string) => call<void>("DELETE", `/api/devices/${encodeURIComponent(deviceId)}`),
    onSettled: () => queries.invalidateQueries({ queryKey: devicesKey }),
  });
}

export function deviceName(device: Device): string {
  return device.device_name || device.device_id;
}

export function camerasOf(device: Device): Camera[] {
  const listed = (device.presence as { cameras?: unknown } | null | undefined)?.cameras;
  const cameras = Array.isArray(listed) ? (listed as CameraPresence[]).filter((c) => typeof c?.id === "string") : [];
  if (cameras.length === 0) return [{ device, id: null, name: deviceName(device), presence: null }];
  return cameras.map((presence) => ({ device, id: presence.id, name: presence.name || presence.id, presence }));
}

/** All cameras in the order they are shown: by room, device, then as the device lists them. */
export function allCameras(devices: readonly Device[]): Camera[] {
  const order = (device: Device) => `${device.room ?? "\uffff"}\n${deviceName(device)}`.toLowerCase();
  return [...devices].sort((a, b) => order(a).localeCompare(order(b))).flatMap(camerasOf);
}

export function cameraPath(camera: Camera): string {
  const device = encodeURIComponent(camera.device.device_id);
  return camera.id === null ? `/viewer/${device}` : `/viewer/${device}/${encodeURIComponent(camera.id)}`;
}
