// Waiting times between attempts: exponential from one second, with jitter, up to a ceiling.

export const firstDelayMs = 1_000;

/** Milliseconds before attempt `attempt` (0 = the first retry); `random` is in [0, 1). */
export function backoffMs(attempt: number, ceilingMs: number, random: number): number {
  const full = Math.min(ceilingMs, firstDelayMs * 2 ** Math.min(attempt, 20));
  return Math.round(full * (0.8 + 0.4 * random));
}
