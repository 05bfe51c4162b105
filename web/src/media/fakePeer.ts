// An RTCPeerConnection for tests: negotiates on paper, its states and figures are set by the test.

export const offerFingerprint = Array.from({ length: 32 }, () => "12").join(":");

export class FakePeer {
  static readonly made: FakePeer[] = [];
  connectionState = "new";
  iceConnectionState = "new";
  closed = false;
  decoded = 0;
  remote: string | null = null;
  readonly candidates: unknown[] = [];
  localDescription: { sdp: string } | null = null;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: unknown) => void) | null = null;

  static create = (): RTCPeerConnection => {
    const peer = new FakePeer();
    FakePeer.made.push(peer);
    return peer as unknown as RTCPeerConnection;
  };

  static get latest(): FakePeer {
    const peer = FakePeer.made.at(-1);
    if (!peer) throw new Error("No peer was made.");
    return peer;
  }

  addTransceiver(): void {}

  async createOffer() {
    return { type: "offer", sdp: `v=0\r\na=fingerprint:sha-256 ${offerFingerprint}\r\n` };
  }

  async setLocalDescription(description: { sdp: string }) {
    this.localDescription = description;
  }

  async setRemoteDescription(description: { sdp: string }) {
    this.remote = description.sdp;
  }

  getTransceivers() {
    return [{ currentDirection: "recvonly" }, { currentDirection: "inactive" }];
  }

  async addIceCandidate(candidate: unknown) {
    this.candidates.push(candidate);
  }

  async getStats() {
    const entry = {
      type: "inbound-rtp",
      id: "v",
      kind: "video",
      timestamp: Date.now(),
      framesDecoded: this.decoded,
    };
    return new Map([["v", entry]]);
  }

  close(): void {
    this.closed = true;
  }

  become(ice: string, connection: string): void {
    this.iceConnectionState = ice;
    this.oniceconnectionstatechange?.();
    this.connectionState = connection;
    this.onconnectionstatechange?.();
  }
}
