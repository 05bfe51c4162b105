// Figures out of two reports of a browser.
import { describe, expect, it } from "vitest";
import { readStatistics } from "./statistics";

function report(seconds: number, changes: Record<string, unknown> = {}): Map<string, unknown> {
  const entries = [
    {
      id: "v",
      type: "inbound-rtp",
      kind: "video",
      timestamp: seconds * 1000,
      bytesReceived: seconds * 125_000,
      packetsReceived: seconds * 90,
      packetsLost: seconds * 10,
      framesDecoded: seconds * 30,
      totalProcessingDelay: seconds * 30 * 0.012,
      framesDropped: 1,
      frameWidth: 1280,
      frameHeight: 720,
      codecId: "c",
      ...changes,
    },
    { id: "c", type: "codec", mimeType: "video/H264" },
    {
      id: "t",
      type: "transport",
      selectedCandidatePairId: "p",
      tlsVersion: "FEFD",
      srtpCipher: "SRTP_AEAD_AES_128_GCM",
    },
    {
      id: "p",
      type: "candidate-pair",
      currentRoundTripTime: 0.02,
      localCandidateId: "l",
      remoteCandidateId: "r",
    },
    { id: "l", type: "local-candidate", candidateType: "host", protocol: "udp" },
    { id: "r", type: "remote-candidate", candidateType: "host", protocol: "udp" },
  ];
  return new Map(entries.map((entry) => [entry.id, entry]));
}

describe("readStatistics", () => {
  it("tells rates over the time between two reports", () => {
    const first = readStatistics(report(10), null);
    expect(first.figures.bitrate).toBeNull();
    const { figures } = readStatistics(report(11), first.counters);
    expect(figures.bitrate).toBeCloseTo(1_000_000);
    expect(figures.fps).toBeCloseTo(30);
    expect(figures.loss).toBeCloseTo(0.1);
    expect(figures.delayMs).toBeCloseTo(22);
    expect(figures).toMatchObject({ codec: "H264", width: 1280, height: 720, framesDropped: 1 });
    expect(figures.encryption).toBe("DTLS 1.2 · AES-128-GCM");
    expect(figures.path).toEqual({ tag: "direct", protocol: "udp" });
  });

  it("calls a path relayed when either end uses a relay", () => {
    const entries = report(1);
    entries.set("l", {
      id: "l",
      type: "local-candidate",
      candidateType: "relay",
      protocol: "udp",
      relayProtocol: "tls",
    });
    expect(readStatistics(entries, null).figures.path).toEqual({ tag: "relayed", protocol: "tls" });
  });

  it("survives an empty report and counters that begin anew", () => {
    const empty = readStatistics(new Map(), null);
    expect(empty.figures).toMatchObject({ bitrate: null, codec: null, path: null, encryption: null });
    const late = readStatistics(report(100), null);
    expect(readStatistics(report(101, { bytesReceived: 5 }), late.counters).figures.bitrate).toBeNull();
  });
});
