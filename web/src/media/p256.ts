// SHA-256 and ECDSA P-256 verification.
// Browsers offer WebCrypto only on https and localhost. On http://192.168.… the audited noble library, loaded only then, does the same work.

/** What stands before the 65-byte point in every P-256 SubjectPublicKeyInfo with an uncompressed key. */
const spkiPrefix = [
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
  0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

export function isP256PublicKey(spki: Uint8Array): boolean {
  return (
    spki.length === spkiPrefix.length + 65 &&
    spki[spkiPrefix.length] === 4 &&
    spkiPrefix.every((byte, index) => spki[index] === byte)
  );
}

/** False for a wrong signature and for anything malformed. `signature` is r‖s, 64 bytes. */
export async function verifyP256(
  spki: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
  subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle,
): Promise<boolean> {
  if (!isP256PublicKey(spki) || signature.length !== 64) return false;
  try {
    if (subtle) {
      const key = await subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, false, [
        "verify",
      ]);
      return await subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, data);
    }
    const { p256 } = await import("@noble/curves/nist.js");
    return p256.verify(signature, data, spki.subarray(spkiPrefix.length), { lowS: false });
  } catch {
    return false; // a point that is not on the curve, or numbers out of range
  }
}

export async function sha256(
  data: Uint8Array<ArrayBuffer>,
  subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle,
): Promise<Uint8Array> {
  if (subtle) return new Uint8Array(await subtle.digest("SHA-256", data));
  const { sha256: hash } = await import("@noble/hashes/sha2.js");
  return hash(data);
}
