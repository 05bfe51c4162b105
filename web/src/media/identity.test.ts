// Who may show a picture: signatures, pins, and every way an answer can be tampered with.
import { beforeAll, describe, expect, it } from "vitest";
import type { SessionIdentity } from "@/signaling/messages.gen";
import { toBase64Url } from "./encoding";
import { certificateFingerprint, shortFingerprint } from "./fingerprint";
import { type Answer, judgeAnswer, sessionText, type TrustPolicy } from "./identity";
import { verifyP256 } from "./p256";

const now = 1_800_000_000_000;
const deviceHex = "ab".repeat(32);
const viewerHex = "12".repeat(32);
const colons = (hex: string) => (hex.toUpperCase().match(/../g) ?? []).join(":");
const sdp = (hex: string) =>
  `v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=fingerprint:sha-256 ${colons(hex)}\r\na=setup:active\r\n`;
const unknown: TrustPolicy = { pinnedKey: undefined, listedKey: undefined, allowKeyless: false };

interface Key {
  publicKey: string;
  spki: Uint8Array<ArrayBuffer>;
  sign: (text: string) => Promise<Uint8Array<ArrayBuffer>>;
}

async function makeKey(): Promise<Key> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const hash = { name: "ECDSA", hash: "SHA-256" };
  return {
    publicKey: toBase64Url(spki),
    spki,
    sign: async (text) =>
      new Uint8Array(await crypto.subtle.sign(hash, pair.privateKey, new TextEncoder().encode(text))),
  };
}

let device: Key;
let stranger: Key;

beforeAll(async () => {
  [device, stranger] = [await makeKey(), await makeKey()];
});

async function answered(
  key = device,
  changes: Partial<Answer> = {},
  expires = now / 1000 + 60,
): Promise<Answer> {
  const signature = await key.sign(sessionText("s1", "front", deviceHex, viewerHex, expires));
  const identity: SessionIdentity = {
    public_key: key.publicKey,
    expires,
    signature: toBase64Url(signature),
    camera: "front",
  };
  return {
    sessionId: "s1",
    camera: "front",
    offerSdp: sdp(viewerHex),
    answerSdp: sdp(deviceHex),
    identity,
    now,
    ...changes,
  };
}

async function kindOf(answer: Answer, policy: TrustPolicy): Promise<string> {
  const verdict = await judgeAnswer(answer, policy);
  return verdict.ok ? verdict.trust : verdict.failure.kind;
}

describe("judgeAnswer", () => {
  it("accepts the pinned device, and a new one on first use", async () => {
    expect(await kindOf(await answered(), { ...unknown, pinnedKey: device.publicKey })).toBe("verified");
    expect(await kindOf(await answered(), unknown)).toBe("verified");
  });

  it("accepts the same key however its base64 is written", async () => {
    const padded = `${device.publicKey.replace(/-/g, "+").replace(/_/g, "/")}==`;
    expect(await kindOf(await answered(), { ...unknown, pinnedKey: padded })).toBe("verified");
  });

  it("refuses another key than the pinned one, whatever the hub lists", async () => {
    const policy = { ...unknown, pinnedKey: device.publicKey, listedKey: stranger.publicKey };
    expect(await kindOf(await answered(stranger), policy)).toBe("key_changed");
  });

  it("refuses another camera of the same device, unless none was asked for", async () => {
    expect(await kindOf(await answered(device, { camera: "back" }), unknown)).toBe("signature_wrong");
    expect(await kindOf(await answered(device, { camera: undefined }), unknown)).toBe("verified");
  });

  it("refuses an answer for another session, certificate or viewer", async () => {
    expect(await kindOf(await answered(device, { sessionId: "s2" }), unknown)).toBe("signature_wrong");
    expect(await kindOf(await answered(device, { answerSdp: sdp("cd".repeat(32)) }), unknown)).toBe(
      "signature_wrong",
    );
    expect(await kindOf(await answered(device, { offerSdp: sdp("34".repeat(32)) }), unknown)).toBe(
      "signature_wrong",
    );
  });

  it("refuses an answer with a second certificate hidden in any line", async () => {
    const hidden = [
      `a=fingerprint:sha-256 ${colons("cd".repeat(32))}\r\n`,
      `a=fingerprint:sha-1 ${colons("cd".repeat(20))}\r\n`,
      `a=FINGERPRINT:sha-256 ${colons(deviceHex)} x\r\n`,
      `a=x\ra=fingerprint:sha-256 ${colons("cd".repeat(32))}\r\n`,
      ` a=fingerprint:sha-256 ${colons(deviceHex)}\r\n`,
    ];
    for (const line of hidden) {
      expect(await kindOf(await answered(device, { answerSdp: sdp(deviceHex) + line }), unknown)).toBe(
        "signature_wrong",
      );
    }
  });

  it("refuses an expired signature, and one good for longer than it may be", async () => {
    expect(await kindOf(await answered(device, {}, now / 1000 - 600), unknown)).toBe("signature_expired");
    expect(await kindOf(await answered(device, {}, now / 1000 + 3600), unknown)).toBe("signature_expired");
  });

  it("refuses any changed bit and any truncation of the signature", async () => {
    const answer = await answered();
    const { identity } = answer;
    if (!identity) throw new Error("unreachable");
    const letters = [...identity.signature];
    for (let place = 0; place < letters.length; place += 7) {
      const changed = letters.with(place, letters[place] === "A" ? "B" : "A").join("");
      expect(await kindOf({ ...answer, identity: { ...identity, signature: changed } }, unknown)).toBe(
        "signature_wrong",
      );
      const cut = letters.slice(0, place).join("");
      expect(await kindOf({ ...answer, identity: { ...identity, signature: cut } }, unknown)).toBe(
        "signature_wrong",
      );
    }
    expect(await kindOf({ ...answer, identity: { ...identity, public_key: "%%" } }, unknown)).toBe(
      "signature_wrong",
    );
  });

  it("refuses a device that is known to have a key and does not use it", async () => {
    const silent = await answered(device, { identity: null });
    expect(await kindOf(silent, { ...unknown, pinnedKey: device.publicKey, allowKeyless: true })).toBe(
      "signature_missing",
    );
    expect(await kindOf(silent, { ...unknown, listedKey: device.publicKey, allowKeyless: true })).toBe(
      "signature_missing",
    );
  });

  it("plays a device without a key only where its owner allowed it", async () => {
    const silent = await answered(device, { identity: null });
    expect(await kindOf(silent, unknown)).toBe("not_allowed");
    expect(await kindOf(silent, { ...unknown, allowKeyless: true })).toBe("unverified");
  });
});

describe("verifyP256", () => {
  it("judges the same with WebCrypto and without it", async () => {
    const data = new TextEncoder().encode("text");
    for (let round = 0; round < 8; round += 1) {
      const signature = await device.sign("text");
      const wrong = signature.slice();
      wrong[round * 8] = (wrong[round * 8] ?? 0) ^ 1;
      for (const subtle of [crypto.subtle, undefined]) {
        expect(await verifyP256(device.spki, signature, data, subtle)).toBe(true);
        expect(await verifyP256(device.spki, wrong, data, subtle)).toBe(false);
        expect(await verifyP256(stranger.spki, signature, data, subtle)).toBe(false);
        expect(await verifyP256(device.spki.subarray(1), signature, data, subtle)).toBe(false);
      }
    }
  });
});

describe("fingerprints", () => {
  it("finds the one certificate of a description", () => {
    expect(certificateFingerprint(sdp(deviceHex))).toBe(deviceHex);
    expect(certificateFingerprint(sdp(deviceHex) + sdp(deviceHex))).toBe(deviceHex);
    expect(certificateFingerprint("v=0\r\n")).toBeNull();
  });

  it("shortens a key to eight bytes in pairs", async () => {
    expect(await shortFingerprint(device.publicKey)).toMatch(/^([0-9A-F]{2}:){7}[0-9A-F]{2}$/);
    expect(await shortFingerprint("%%")).toBeNull();
  });
});
