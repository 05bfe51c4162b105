// The signed-in person's door to the server: adds the token, and renews it once when the server refuses it.
import { ApiError, type Method, sendJson } from "./http";
import { SessionStore } from "./session/sessionStore";

export const session = new SessionStore();

export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const token = await session.token();
  try {
    return await sendJson<T>(method, path, body, token);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    return await sendJson<T>(method, path, body, await session.token(true));
  }
}
