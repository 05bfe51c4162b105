// Devices as the hub lists them, and the cameras they have.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { CameraPresence, DeviceInfo, UpdateDeviceRequest } from "@/signaling/messages.gen";
import { call } from "./api";

export interface Camera {
  device: DeviceInfo;
  /** Null for a device that does not list its cameras: it shows its first. */
  id: string | null;
  name: string;
  presence: CameraPresence | null;
}

export const devicesKey = ["devices"];

export function useDevices() {
  return useQuery({
    queryKey: devicesKey,
    queryFn: () => call<DeviceInfo[]>("GET", "/api/devices"),
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

export type DeviceChanges = UpdateDeviceRequest & { deviceId: string };

export function useRemoveDevice() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (deviceId: string) => call<void>("DELETE", `/api/devices/${encodeURIComponent(deviceId)}`),
    onSettled: () => queries.invalidateQueries({ queryKey: devicesKey }),
  });
}

export function deviceName(device: DeviceInfo): string {
  return device.device_name || device.device_id;
}

export function camerasOf(device: DeviceInfo): Camera[] {
  const listed = (device.presence as { cameras?: unknown } | null)?.cameras;
  const cameras = Array.isArray(listed)
    ? (listed as CameraPresence[]).filter((c) => typeof c?.id === "string")
    : [];
  if (cameras.length === 0) return [{ device, id: null, name: deviceName(device), presence: null }];
  return cameras.map((presence) => ({
    device,
    id: presence.id,
    name: presence.name || presence.id,
    presence,
  }));
}

/** All cameras in the order they are shown: by room, device, then as the device lists them. */
export function allCameras(devices: readonly DeviceInfo[]): Camera[] {
  const order = (device: DeviceInfo) => `${device.room ?? "\uffff"}\n${deviceName(device)}`.toLowerCase();
  return [...devices].sort((a, b) => order(a).localeCompare(order(b))).flatMap(camerasOf);
}

export function cameraPath(camera: Camera): string {
  const device = encodeURIComponent(camera.device.device_id);
  return camera.id === null ? `/viewer/${device}` : `/viewer/${device}/${encodeURIComponent(camera.id)}`;
}
