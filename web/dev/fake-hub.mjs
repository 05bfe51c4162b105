// A hub for looking at the app without any other part of MuMu Camera: serves dist/, answers the API from memory, relays signaling.
// `npm run build && npm run fake-hub`, then open http://localhost:8090 and, for pictures, http://localhost:8090/__device in another tab.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";

const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

/** `world` may be changed at any time: setupNeeded, signedIn, devices[], agent, tamper, answers (camera id → message). */
export function startFakeHub({ port = 8090, world = {} } = {}) {
  Object.assign(world, {
    setupNeeded: false,
    signedIn: true,
    devices: [],
    agent: null,
    faults: {},
    tamper: false,
    ...world,
  });
  const viewers = new Set();
  const sessions = new Map();
  let device = null;

  const user = { id: 1, username: world.username ?? "anna", email: null, role: "owner" };
  const token = () => ({ access_token: "token", token_type: "bearer", expires_in: 900, user });

  function api(method, path, body) {
    const one = /^\/api\/devices\/([^/]+)$/.exec(path);
    if (path === "/api/setup" && method === "GET") return [200, { needed: world.setupNeeded }];
    if (path === "/api/setup") {
      world.setupNeeded = false;
      return [201, token()];
    }
    if (path === "/api/auth/refresh")
      return world.signedIn ? [200, token()] : [401, { detail: "Not signed in." }];
    if (path === "/api/auth/login") {
      if (body.password === "locked")
        return [429, { detail: "Too many wrong passwords. Try again in 15 minutes." }];
      if (body.password === "wrong") return [401, { detail: "Wrong user name or password." }];
      world.signedIn = true;
      return [200, token()];
    }
    if (path === "/api/auth/logout") {
      world.signedIn = false;
      return [204];
    }
    if (path === "/api/auth/password")
      return body.current_password === "wrong" ? [401, { detail: "Wrong password." }] : [204];
    if (path === "/api/devices" && method === "GET") {
      return world.listFails ? [500, { detail: "The database is locked." }] : [200, world.devices];
    }
    if (path === "/api/devices/pair") {
      const found = world.pairable;
      if (body.pairing_code === "111111") return [404, { detail: "Pairing code has expired" }];
      if (!found || body.pairing_code !== "123456") return [404, { detail: "Invalid pairing code" }];
      if (!world.devices.includes(found)) world.devices.push(found);
      return [200, { message: "Device paired", device: found }];
    }
    if (one) {
      const at = world.devices.findIndex((d) => d.device_id === decodeURIComponent(one[1]));
      if (at < 0) return [404, { detail: "Device not found" }];
      if (method === "DELETE") return [204, void world.devices.splice(at, 1)];
      const { allow_unverified, ...rest } = body;
      Object.assign(
        world.devices[at],
        rest,
        allow_unverified === undefined ? {} : { allowed: allow_unverified },
      );
      return [200, world.devices[at]];
    }
    if (path.startsWith("/api/agent")) {
      if (!world.agent) return [404, { detail: "Not found" }];
      if (path === "/api/agent") return [200, world.agent];
      if (path.endsWith("/probe")) {
        if (body.url.includes("nohost"))
          return [200, { ok: false, code: "no_such_host", detail: "No machine is called nohost." }];
        if (!body.password)
          return [200, { ok: false, code: "wrong_password", detail: "Wrong password for this camera." }];
        const tracks = [{ kind: "video", codec: "H264", width: 1920, height: 1080, fps: 25 }];
        return [200, { ok: true, tracks, playable: true }];
      }
      return [201, { id: "new", name: body.name }];
    }
    return [404, { detail: "Not found" }];
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    if (url.pathname.startsWith("/api/")) {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const [status, reply] = api(
        request.method,
        url.pathname,
        JSON.parse(Buffer.concat(chunks).toString() || "{}"),
      );
      response.writeHead(status, { "content-type": "application/json" });
      response.end(reply === undefined ? "" : JSON.stringify(reply));
      return;
    }
    const path =
      url.pathname === "/__device"
        ? "/../dev/device.html"
        : extname(url.pathname)
          ? url.pathname
          : "/index.html";
    try {
      const file = await readFile(fileURLToPath(new URL(`../dist${path}`, import.meta.url)));
      response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" });
      response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  });

  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (ws) =>
      request.url === "/ws/device" ? onDevice(ws) : onViewer(ws),
    ),
  );
  const send = (ws, type, payload, request_id) =>
    ws?.send(JSON.stringify({ type, request_id, ts: new Date().toISOString(), payload }));

  function onDevice(ws) {
    device = ws;
    ws.on("message", (data) => {
      const { type, payload } = JSON.parse(data);
      if (type === "hello") {
        for (const d of world.devices) if (d.public_key === "live") d.public_key = payload.public_key;
        if (world.pairable?.public_key === "live") world.pairable.public_key = payload.public_key;
        return send(ws, "hello_ack", {});
      }
      if (type === "signal_answer" && world.tamper)
        payload.identity.signature = `AAAA${payload.identity.signature.slice(4)}`;
      send(sessions.get(payload.session_id), type, payload);
    });
    ws.on("close", () => (device = device === ws ? null : device));
  }

  function onViewer(ws) {
    viewers.add(ws);
    ws.on("close", () => viewers.delete(ws));
    ws.on("message", (data) => {
      const { type, request_id, payload } = JSON.parse(data);
      if (type === "hello") return send(ws, "hello_ack", { user_id: "1", server_time: minutesAgo(0) });
      if (type === "heartbeat") return send(ws, "heartbeat_ack", {});
      if (type === "watch_request") return watch(ws, request_id, payload);
      if (sessions.has(payload.session_id)) send(device, type, payload);
    });
  }

  function watch(ws, request_id, { device_id, camera }) {
    const known = world.devices.find((d) => d.device_id === device_id);
    if (!known) return send(ws, "error", { message: "Device not found" }, request_id);
    if (!known.is_online) return send(ws, "error", { message: "Device is offline" }, request_id);
    const session_id = randomUUID();
    const fault = world.faults[camera];
    send(ws, "watch_ready", { session_id, ice_servers: [] }, request_id);
    if (fault === "silent") return;
    if (fault) return send(ws, "watch_ended", { session_id, reason: "error", message: fault });
    sessions.set(session_id, ws);
    send(device, "watch_request", {
      session_id,
      user_id: "1",
      ice_servers: [],
      camera,
      keyless: !known.verified,
    });
  }

  const presence = (d) => {
    const { device_id, is_online, last_seen, presence } = d;
    for (const ws of viewers) send(ws, "device_presence", { device_id, is_online, last_seen, presence });
  };
  const dropSockets = () => {
    for (const ws of viewers) ws.terminate();
  };
  return new Promise((resolve) =>
    server.listen(port, "127.0.0.1", () =>
      resolve({
        port: server.address().port,
        world,
        presence,
        dropSockets,
        sendDevice: (t, p) => send(device, t, p),
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      }),
    ),
  );
}

export function fakeDevice(id, name, cameras, changes = {}) {
  const list = cameras.map(([camera, title, width = 1280, height = 720]) => {
    return {
      id: camera,
      name: title,
      status: "ready",
      message: null,
      codec: "H264",
      width,
      height,
      fps: 30,
      since: null,
    };
  });
  return {
    id: 1,
    device_id: id,
    device_name: name,
    device_type: "camera",
    is_online: true,
    last_seen: minutesAgo(90),
    verified: true,
    allowed: true,
    public_key: "live",
    fingerprint: null,
    role: "owner",
    room: null,
    presence: { cameras: list, version: "0.1.0" },
    ...changes,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const agent = {
    device_id: "mumu-1",
    fingerprint: "3F:A2:00:00:00:00:00:00",
    version: "0.1.0",
    cameras: [],
  };
  const cameras = [
    ["simulator", "Simulator"],
    ["front", "Front door"],
  ];
  const { port } = await startFakeHub({ world: { agent, devices: [fakeDevice("mumu-1", "Home", cameras)] } });
  console.log(`http://localhost:${port}, and http://localhost:${port}/__device for pictures`);
}
