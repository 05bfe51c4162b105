// What to tell a person when a request failed.
import { ApiError } from "./http";
import { text } from "./text/text";

export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return text.errors.server;
  if (error.status === 0) return text.errors.unreachable;
  if (error.message) return error.message;
  return error.status === 429 ? text.errors.rateLimited(error.retryAfter) : text.errors.server;
}
