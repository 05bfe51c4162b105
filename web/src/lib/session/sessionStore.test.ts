// The sign-in: where it begins, one refresh at a time, and when it ends.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { SessionStore } from "./sessionStore";

const user = { id: 1, username: "anna", email: null, role: "owner" };
const reply = (name: string, expires_in = 900) => ({
  access_token: name,
  token_type: "bearer",
  expires_in,
  user,
});
const fetched = vi.fn<(path: string, init: RequestInit) => Promise<Response>>();

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status });
}

let store: SessionStore;

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  store = new SessionStore();
});

describe("SessionStore", () => {
  it("begins with set-up where there is no owner", async () => {
    fetched.mockImplementation(async (path) =>
      path === "/api/setup" ? json(200, { needed: true }) : json(401, {}),
    );
    await store.begin();
    expect(store.state.tag).toBe("setup_needed");
  });

  it("begins signed in where the cookie is still good", async () => {
    fetched.mockImplementation(async (path) =>
      path === "/api/setup" ? json(200, { needed: false }) : json(200, reply("a")),
    );
    await store.begin();
    expect(store.state).toMatchObject({ tag: "signed_in", token: "a", user: { username: "anna" } });
  });

  it("asks for a sign-in where the cookie is not good, and says nothing of an end", async () => {
    fetched.mockImplementation(async (path) =>
      path === "/api/setup" ? json(200, { needed: false }) : json(401, {}),
    );
    await store.begin();
    expect(store.state).toEqual({ tag: "signed_out", reason: "first" });
  });

  it("says that the server is away where nothing answers", async () => {
    fetched.mockRejectedValue(new TypeError("failed"));
    await store.begin();
    expect(store.state.tag).toBe("unreachable");
  });

  it("refreshes once however many ask", async () => {
    fetched.mockImplementation(async () => json(200, reply("a", 1)));
    await store.signIn("anna", "secret");
    fetched.mockClear();
    fetched.mockImplementation(async () => json(200, reply("b")));
    expect(await Promise.all([store.token(), store.token(), store.token(true)])).toEqual(["b", "b", "b"]);
    expect(fetched).toHaveBeenCalledOnce();
    expect(await store.token()).toBe("b");
    expect(fetched).toHaveBeenCalledOnce();
  });

  it("signs out when the refresh is refused, but not when the server is only away", async () => {
    fetched.mockImplementation(async () => json(200, reply("a", 1)));
    await store.signIn("anna", "secret");
    fetched.mockRejectedValueOnce(new TypeError("failed"));
    await expect(store.token()).rejects.toMatchObject({ status: 0 });
    expect(store.state.tag).toBe("signed_in");
    fetched.mockImplementation(async () => json(401, { detail: "Session ended" }));
    await expect(store.token()).rejects.toMatchObject({ status: 401 });
    expect(store.state).toEqual({ tag: "signed_out", reason: "expired" });
  });

  it("forgets the token at sign-out even where the server is away", async () => {
    fetched.mockImplementation(async () => json(200, reply("a")));
    await store.signIn("anna", "secret");
    fetched.mockRejectedValue(new TypeError("failed"));
    await store.signOut();
    expect(store.state).toEqual({ tag: "signed_out", reason: "chosen" });
    expect(JSON.stringify({ ...localStorage })).not.toContain("access");
  });
});
