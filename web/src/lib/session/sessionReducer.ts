// Who is signed in, and how each event changes it.
import type { UserInfo } from "@/signaling/messages.gen";

export type SessionState =
  /** Not known yet. */
  | { tag: "starting" }
  /** The server does not answer. */
  | { tag: "unreachable" }
  /** This hub has no owner yet. */
  | { tag: "setup_needed" }
  | { tag: "signed_out"; reason: "first" | "expired" | "chosen" }
  | { tag: "signed_in"; user: UserInfo; token: string; expiresAt: number };

export type SessionAction =
  | { type: "found_no_owner" }
  | { type: "found_no_session" }
  | { type: "could_not_reach" }
  | { type: "received_token"; user: UserInfo; token: string; expiresAt: number }
  | { type: "token_refused" }
  | { type: "signed_out" };

export function reduceSession(state: SessionState, action: SessionAction): SessionState {
  switch (action.type) {
    case "found_no_owner":
      return { tag: "setup_needed" };
    case "found_no_session":
      return { tag: "signed_out", reason: "first" };
    case "could_not_reach":
      // A person who is signed in stays so while the server is away.
      return state.tag === "signed_in" ? state : { tag: "unreachable" };
    case "received_token":
      return { tag: "signed_in", user: action.user, token: action.token, expiresAt: action.expiresAt };
    case "token_refused":
      return { tag: "signed_out", reason: state.tag === "signed_in" ? "expired" : "first" };
    case "signed_out":
      return { tag: "signed_out", reason: "chosen" };
  }
}
