// Renders a part of the signed-in app for tests, against scripted answers of the server.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { LiveProvider } from "./lib/live/liveContext";

type Reply = [status: number, body?: unknown];
export type Script = Record<string, (body: Record<string, unknown>) => Reply>;

export interface Request {
  method: string;
  path: string;
  body: Record<string, unknown>;
}

/** Answers `METHOD /path` from the script, 404 for the rest; returns what was asked. */
export function scriptServer(script: Script): Request[] {
  const asked: Request[] = [];
  const user = { id: 1, username: "anna", email: null, role: "owner" };
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const body = JSON.parse(String(init.body ?? "{}")) as Record<string, unknown>;
    asked.push({ method: String(init.method), path, body });
    if (path === "/api/auth/refresh") {
      return Response.json({ access_token: "t", token_type: "bearer", expires_in: 900, user });
    }
    const [status, reply] = script[`${init.method} ${path}`]?.(body) ?? [404, { detail: "Not found" }];
    return new Response(reply === undefined ? null : JSON.stringify(reply), { status });
  });
  vi.stubGlobal(
    "WebSocket",
    class {
      readyState = 0;
      close() {}
      send() {}
    },
  );
  return asked;
}

export function renderInside(children: ReactNode) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={queries}>
      <LiveProvider>{children}</LiveProvider>
    </QueryClientProvider>,
  );
}
