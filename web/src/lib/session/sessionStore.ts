// Holds the access token in memory only, and gets new ones by the refresh cookie that no script can read.
import type { SetupStatus, TokenResponse } from "@/signaling/messages.gen";
import { ApiError, sendJson } from "../http";
import { reduceSession, type SessionAction, type SessionState } from "./sessionReducer";

const earlyMs = 30_000;
const defaultLifeSeconds = 900;

export class SessionStore {
  private current: SessionState = { tag: "starting" };
  private readonly listeners = new Set<() => void>();
  private refreshing: Promise<string> | undefined;

  get state(): SessionState {
    return this.current;
  }

  readonly getSnapshot = (): SessionState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Finds out whether this browser has a session, and if not, whether the hub has an owner at all. */
  async begin(): Promise<void> {
    try {
      this.receive(await sendJson<TokenResponse>("POST", "/api/auth/refresh"));
    } catch (error) {
      if (!isRefusal(error)) this.dispatch({ type: "could_not_reach" });
      else await this.lookForOwner();
    }
  }

  private async lookForOwner(): Promise<void> {
    try {
      const { needed } = await sendJson<SetupStatus>("GET", "/api/setup");
      this.dispatch({ type: needed ? "found_no_owner" : "found_no_session" });
    } catch (error) {
      // A hub of the original protocol has no set-up page.
      this.dispatch({ type: isRefusal(error) ? "found_no_session" : "could_not_reach" });
    }
  }

  async signIn(username: string, password: string): Promise<void> {
    this.receive(await sendJson<TokenResponse>("POST", "/api/auth/login", { username, password }));
  }

  async setUp(setupToken: string, username: string, email: string, password: string): Promise<void> {
    const body = { setup_token: setupToken, username, ...(email ? { email } : {}), password };
    this.receive(await sendJson<TokenResponse>("POST", "/api/setup", body));
  }

  async signOut(): Promise<void> {
    const token = this.current.tag === "signed_in" ? this.current.token : undefined;
    // Even where the server is away, this browser forgets the token.
    await sendJson("POST", "/api/auth/logout", undefined, token).catch(() => {});
    this.dispatch({ type: "signed_out" });
  }

  /** A token that still lives; `renew` when the server refused the present one. */
  async token(renew = false): Promise<string> {
    const state = this.current;
    if (!renew && state.tag === "signed_in" && state.expiresAt - Date.now() > earlyMs) return state.token;
    return await this.refresh();
  }

  /** One refresh at a time, however many ask: the cookie is good for one use. */
  private refresh(): Promise<string> {
    this.refreshing ??= this.refreshOnce().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async refreshOnce(): Promise<string> {
    try {
      return this.receive(await sendJson<TokenResponse>("POST", "/api/auth/refresh"));
    } catch (error) {
      const refused =
        error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
      this.dispatch({ type: refused ? "token_refused" : "could_not_reach" });
      throw error;
    }
  }

  private receive(reply: TokenResponse): string {
    const expiresAt = Date.now() + (reply.expires_in ?? defaultLifeSeconds) * 1000;
    this.dispatch({ type: "received_token", user: reply.user, token: reply.access_token, expiresAt });
    return reply.access_token;
  }

  private dispatch(action: SessionAction): void {
    this.current = reduceSession(this.current, action);
    for (const listener of this.listeners) listener();
  }
}

/** The server answered, and the answer is no; not that it is busy or away. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
}
