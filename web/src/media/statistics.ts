// Figures for people, from two reports of RTCPeerConnection.getStats a second apart.

export interface Figures {
  /** Network and this browser's share of the delay: half the round trip, buffer and decoder. Milliseconds. */
  delayMs: number | null;
  /** Bits a second, video and sound. */
  bitrate: number | null;
  fps: number | null;
  framesDecoded: number;
  framesDropped: number;
  /** Share of packets lost in the last second, 0–1. */
  loss: number | null;
  packetsLost: number;
  roundTripMs: number | null;
  /** `relayed` carries who relays over what, for example `udp`. */
  path: { tag: "direct"; protocol: string } | { tag: "relayed"; protocol: string } | null;
  codec: string | null;
  width: number;
  height: number;
  /** For example `DTLS 1.2 · AES-128-GCM`. */
  encryption: string | null;
}

/** The counters that two reports are compared by. */
export interface Counters {
  at: number;
  bytes: number;
  received: number;
  lost: number;
  decoded: number;
  processing: number;
  buffered: number;
  emitted: number;
}

interface Entry {
  type: string;
  id: string;
  kind?: string;
  timestamp: number;
  [name: string]: unknown;
}

export function readStatistics(
  report: Iterable<[string, unknown]>,
  previous: Counters | null,
): { figures: Figures; counters: Counters } {
  const entries = new Map(report as Iterable<[string, Entry]>);
  const all = [...entries.values()];
  const inbound = all.filter((entry) => entry.type === "inbound-rtp");
  const video = inbound.find((entry) => entry.kind === "video");
  const pair = selectedPair(all, entries);
  const counters: Counters = {
    at: video?.timestamp ?? pair?.timestamp ?? 0,
    bytes: inbound.reduce((sum, entry) => sum + number(entry, "bytesReceived"), 0),
    received: number(video, "packetsReceived"),
    lost: number(video, "packetsLost"),
    decoded: number(video, "framesDecoded"),
    processing: number(video, "totalProcessingDelay"),
    buffered: number(video, "jitterBufferDelay"),
    emitted: number(video, "jitterBufferEmittedCount"),
  };
  const roundTrip =
    pair && typeof pair.currentRoundTripTime === "number" ? pair.currentRoundTripTime * 1000 : null;
  return {
    counters,
    figures: {
      ...rates(counters, previous, roundTrip),
      framesDecoded: counters.decoded,
      framesDropped: number(video, "framesDropped"),
      packetsLost: counters.lost,
      roundTripMs: roundTrip,
      path: describePath(pair, entries),
      codec: describeCodec(entries.get(String(video?.codecId))),
      width: number(video, "frameWidth"),
      height: number(video, "frameHeight"),
      encryption: describeEncryption(all.find((entry) => entry.type === "transport")),
    },
  };
}

function rates(now: Counters, before: Counters | null, roundTripMs: number | null) {
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  if (!before || seconds <= 0 || now.bytes < before.bytes) {
    return { delayMs: null, bitrate: null, fps: null, loss: null };
  }
  const frames = now.decoded - before.decoded;
  const emitted = now.emitted - before.emitted;
  const lost = Math.max(0, now.lost - before.lost);
  const packets = now.received - before.received + lost;
  // totalProcessingDelay runs from the first packet of a frame to its decoded picture; older browsers only tell the buffer's share.
  let held: number | null = null;
  if (frames > 0 && now.processing > before.processing) held = (now.processing - before.processing) / frames;
  else if (emitted > 0) held = (now.buffered - before.buffered) / emitted;
  return {
    delayMs: held === null ? null : held * 1000 + (roundTripMs ?? 0) / 2,
    bitrate: ((now.bytes - before.bytes) * 8) / seconds,
    fps: frames / seconds,
    loss: packets > 0 ? lost / packets : 0,
  };
}

function selectedPair(all: Entry[], entries: Map<string, Entry>): Entry | undefined {
  const transport = all.find((entry) => entry.type === "transport" && entry.selectedCandidatePairId);
  if (transport) return entries.get(String(transport.selectedCandidatePairId));
  return all.find(
    (entry) => entry.type === "candidate-pair" && (entry.selected === true || entry.nominated === true),
  );
}

function describePath(pair: Entry | undefined, entries: Map<string, Entry>): Figures["path"] {
  if (!pair) return null;
  const local = entries.get(String(pair.localCandidateId));
  const remote = entries.get(String(pair.remoteCandidateId));
  const relayed = local?.candidateType === "relay" || remote?.candidateType === "relay";
  const protocol = String(local?.relayProtocol ?? local?.protocol ?? "udp");
  return { tag: relayed ? "relayed" : "direct", protocol };
}

function describeCodec(codec: Entry | undefined): string | null {
  return typeof codec?.mimeType === "string" ? codec.mimeType.replace(/^video\//, "") : null;
}

function describeEncryption(transport: Entry | undefined): string | null {
  const cipher = transport?.srtpCipher;
  if (typeof cipher !== "string") return null;
  const version = transport?.tlsVersion === "FEFC" ? "DTLS 1.3" : "DTLS 1.2";
  // Browsers write AEAD_AES_128_GCM, SRTP_AEAD_AES_128_GCM, AES_CM_128_HMAC_SHA1_80, SRTP_AES128_CM_HMAC_SHA1_80.
  const bits = /256/.test(cipher) ? 256 : 128;
  const mode = /GCM/.exec(cipher) ?? /CM/.exec(cipher);
  return `${version} · ${mode ? `AES-${bits}-${mode[0]}` : cipher}`;
}

function number(entry: Entry | undefined, name: string): number {
  const value = entry?.[name];
  return typeof value === "number" ? value : 0;
}
