// One watch session as the hub knows it: carries the offer, the answer and the candidates.
import type { IceCandidateInit, IceServer, Sdp, SessionIdentity } from "./messages.gen";

export interface WatchHandlers {
  onAnswer(sdp: Sdp, identity: SessionIdentity | null): void;
  /** Null is end-of-candidates. */
  onCandidate(candidate: IceCandidateInit | null): void;
  /** The session is over; `message` is a sentence for people where the other end gave one. */
  onEnded(reason: string, message: string | null): void;
  /** The socket went away. A picture that already flows may go on for a while. */
  onDetached(): void;
}

export interface WatchWire {
  post(type: string, payload: object, onError?: (message: string) => void): void;
  forget(sessionId: string): void;
}

export class WatchChannel {
  readonly sessionId: string;
  readonly iceServers: readonly IceServer[];
  readonly handlers: WatchHandlers;
  private readonly wire: WatchWire;
  private open = true;

  constructor(sessionId: string, iceServers: readonly IceServer[], handlers: WatchHandlers, wire: WatchWire) {
    this.sessionId = sessionId;
    this.iceServers = iceServers;
    this.handlers = handlers;
    this.wire = wire;
  }

  sendOffer(sdp: string): void {
    this.post("signal_offer", { sdp: { type: "offer", sdp } }, (message) => this.finish("error", message));
  }

  sendCandidate(candidate: IceCandidateInit | null): void {
    this.post("signal_ice", { candidate });
  }

  /** Tells the hub that this viewer leaves. */
  end(): void {
    this.post("end_watch", {});
    this.close();
  }

  /** Called by the client when the hub says that the session is over. */
  finish(reason: string, message: string | null): void {
    if (!this.open) return;
    this.close();
    this.handlers.onEnded(reason, message);
  }

  /** Called by the client when the socket is lost. */
  detach(): void {
    if (!this.open) return;
    this.open = false;
    this.handlers.onDetached();
  }

  private close(): void {
    this.open = false;
    this.wire.forget(this.sessionId);
  }

  private post(type: string, payload: object, onError?: (message: string) => void): void {
    if (this.open) this.wire.post(type, { session_id: this.sessionId, ...payload }, onError);
  }
}
