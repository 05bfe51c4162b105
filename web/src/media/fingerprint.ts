// Fingerprints: of DTLS certificates inside SDP, and the short one of a device key that people compare.
import { fromBase64Url, toHex } from "./encoding";
import { sha256 } from "./p256";

/**
 * The one SHA-256 certificate fingerprint of a description as 64 lower-case hex digits, or null when there is none, when
 * two differ, when another hash is used, or when the word appears in any place where a browser might read it otherwise.
 */
export function certificateFingerprint(sdp: string): string | null {
  const lines = sdp.split(/\r\n|\r|\n/).filter((line) => /fingerprint/i.test(line));
  const found = lines.map(
    (line) => /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.exec(line)?.[1],
  );
  const values = new Set(found.map((value) => value?.replaceAll(":", "").toLowerCase()));
  const [only] = values;
  return values.size === 1 && only ? only : null;
}

/** `3F:A2:…`, the first 8 bytes of SHA-256 over the key; null when the key is not base64url. */
export async function shortFingerprint(publicKey: string): Promise<string | null> {
  try {
    const hash = await sha256(fromBase64Url(publicKey));
    return (toHex(hash.subarray(0, 8)).toUpperCase().match(/../g) ?? []).join(":");
  } catch {
    return null;
  }
}
