// A WebSocket for tests: what the client sent can be read, what the hub says can be put in.

export class FakeSocket {
  static readonly opened: FakeSocket[] = [];
  readonly sent: { type: string; request_id?: string; payload: Record<string, unknown> }[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.opened.push(this);
  }

  static get latest(): FakeSocket {
    const socket = FakeSocket.opened.at(-1);
    if (!socket) throw new Error("No socket was opened.");
    return socket;
  }

  /** For SignalingOptions.open. */
  static open = (): WebSocket => new FakeSocket() as unknown as WebSocket;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
    this.say("hello_ack", { user_id: "1", server_time: "" });
  }

  say(type: string, payload: object, request_id?: string): void {
    this.onmessage?.({ data: JSON.stringify({ type, request_id, ts: "", payload }) });
  }

  /** The hub or the network ends it. */
  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  last(type: string) {
    return this.sent.findLast((message) => message.type === type);
  }
}
