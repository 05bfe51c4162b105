// The agent that runs in the same program as the hub, where there is one: its cameras and settings.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type {
  AddCameraRequest,
  AgentCamera,
  AgentInfo,
  ProbeCameraRequest,
  ProbeResult,
} from "@/signaling/messages.gen";
import { call } from "./api";
import { devicesKey } from "./devices";
import { ApiError } from "./http";

const agentKey = ["agent"];

/** Null where this hub has no agent of its own, or where one may not manage it. */
export function useAgent() {
  return useQuery({
    queryKey: agentKey,
    queryFn: async () => {
      try {
        return await call<AgentInfo>("GET", "/api/agent");
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

export function probeCamera(address: ProbeCameraRequest): Promise<ProbeResult> {
  return call<ProbeResult>("POST", "/api/agent/cameras/probe", address);
}

export function useAddCamera() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (camera: AddCameraRequest) => call<AgentCamera>("POST", "/api/agent/cameras", camera),
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
