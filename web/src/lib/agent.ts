// The agent that runs in the same program as the hub, where there is one: its cameras and settings.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "./api";
import { devicesKey } from "./devices";
import { ApiError } from "./http";

export interface AgentCamera {
  id: string;
  name: string;
  url?: string | null;
  source?: string | null;
}

export interface Agent {
  device_id: string;
  fingerprint: string;
  version: string;
  cameras: AgentCamera[];
}

export interface CameraAddress {
  url: string;
  user?: string;
  password?: string;
}

export interface ProbedTrack {
  kind: string;
  codec: string;
  width?: number;
  height?: number;
  fps?: number;
}

export type ProbeResult =
  | { ok: true; tracks: ProbedTrack[]; playable: boolean }
  | { ok: false; code: string; detail: string };

const agentKey = ["agent"];

/** Null where this hub has no agent of its own, or where one may not manage it. */
export function useAgent() {
  return useQuery({
    queryKey: agentKey,
    queryFn: async () => {
      try {
        return await call<Agent>("GET", "/api/agent");
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

export function probeCamera(address: CameraAddress): Promise<ProbeResult> {
  return call<ProbeResult>("POST", "/api/agent/cameras/probe", address);
}

export function useAddCamera() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (camera: CameraAddress & { name: string }) => call<AgentCamera>("POST", "/api/agent/cameras", camera),
    onSettled: refresh,
  });
}

export function useRemoveCamera() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) => call<void>("DELETE", `/api/agent/cameras/${encodeURIComponent(id)}`),
    onSettled: refresh,
  });
}

function useRefresh() {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: agentKey });
    await queries.invalidateQueries({ queryKey: devicesKey });
  };
}
