// Decides whether an answer comes from the device itself, before anything of it reaches the browser's WebRTC stack.
import type { SessionIdentity } from "@/signaling/messages.gen";
import { fromBase64Url } from "./encoding";
import type { Failure } from "./failure";
import { certificateFingerprint } from "./fingerprint";
import { verifyP256 } from "./p256";
import { normalKey } from "./pins";

export interface TrustPolicy {
  /** The key this browser has pinned for the device. */
  pinnedKey: string | undefined;
  /** The key the hub's device list gives, if any. */
  listedKey: string | undefined;
  /** The owner allowed this device to work without a key. */
  allowKeyless: boolean;
}

export interface Answer {
  sessionId: string;
  /** The camera that was asked for; undefined leaves the choice to the device. */
  camera: string | undefined;
  offerSdp: string;
  answerSdp: string;
  identity: SessionIdentity | null;
  /** Milliseconds since 1970. */
  now: number;
}

export type Verdict =
  | { ok: true; trust: "verified"; publicKey: string }
  | { ok: true; trust: "unverified" }
  | { ok: false; failure: Failure };

/** Clocks of devices without a battery run off; the certificate in the signed text is new in every session anyway. */
const clockSlackSeconds = 120;
const longestSeconds = 300;

export async function judgeAnswer(answer: Answer, policy: TrustPolicy): Promise<Verdict> {
  const { identity } = answer;
  if (!identity) {
    if (policy.pinnedKey || policy.listedKey) return refuse("signature_missing");
    return policy.allowKeyless ? { ok: true, trust: "unverified" } : refuse("not_allowed");
  }
  const publicKey = normalKey(identity.public_key);
  const expected = policy.pinnedKey ?? policy.listedKey;
  if (expected && normalKey(expected) !== publicKey) return refuse("key_changed");

  const device = certificateFingerprint(answer.answerSdp);
  const viewer = certificateFingerprint(answer.offerSdp);
  if (!device || !viewer) return refuse("signature_wrong");
  if (answer.camera !== undefined && identity.camera !== answer.camera) return refuse("signature_wrong");
  if (
    !(await isSigned(
      identity,
      sessionText(answer.sessionId, identity.camera, device, viewer, identity.expires),
    ))
  ) {
    return refuse("signature_wrong");
  }
  const left = identity.expires - answer.now / 1000;
  if (left < -clockSlackSeconds || left > longestSeconds + clockSlackSeconds)
    return refuse("signature_expired");
  return { ok: true, trust: "verified", publicKey };
}

/** DeviceProof.SessionText of Mumu.Signaling. */
export function sessionText(
  sessionId: string,
  camera: string,
  device: string,
  viewer: string,
  expires: number,
): string {
  return `mumu-session-v1\n${sessionId}\n${camera}\n${device}\n${viewer}\n${expires}`;
}

async function isSigned(identity: SessionIdentity, text: string): Promise<boolean> {
  try {
    const key = fromBase64Url(identity.public_key);
    return await verifyP256(key, fromBase64Url(identity.signature), new TextEncoder().encode(text));
  } catch {
    return false; // not base64url
  }
}

function refuse(kind: Failure["kind"]): Verdict {
  return { ok: false, failure: { kind } };
}
