// Paces outgoing messages below the hub's limit per socket, so that a wall of sixteen cameras can start at once.

const burst = 200;
const perSecond = 80;

export class Outbox {
  private queue: string[] = [];
  private tokens = burst;
  private refilledAt = Date.now();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  push(text: string): void {
    this.queue.push(text);
    this.drain();
  }

  clear(): void {
    this.queue = [];
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private drain(): void {
    const now = Date.now();
    this.tokens = Math.min(burst, this.tokens + ((now - this.refilledAt) / 1000) * perSecond);
    this.refilledAt = now;
    while (this.tokens >= 1) {
      const next = this.queue.shift();
      if (next === undefined) return;
      this.tokens -= 1;
      this.write(next);
    }
    if (this.queue.length === 0 || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.drain();
    }, 1000 / perSecond);
  }
}
