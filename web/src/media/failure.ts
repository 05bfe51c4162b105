// Why a camera can't be shown; the words for each kind are in lib/text.

export type FailureKind =
  /** The answer is signed by another key than the one pinned. */
  | "key_changed"
  /** The device has a key, but the answer is not signed. */
  | "signature_missing"
  /** The signature does not fit this session: someone changed the answer, or sent an old one. */
  | "signature_wrong"
  | "signature_expired"
  /** The device has no key and its owner has not allowed it. */
  | "not_allowed"
  | "no_answer"
  | "no_path"
  | "securing"
  | "no_picture"
  | "lost"
  | "codec"
  /** The device said so in a sentence. */
  | "device"
  /** The hub refused, in a sentence. */
  | "refused"
  | "unsupported";

export interface Failure {
  kind: FailureKind;
  message?: string;
}

/** Trying again by itself helps nothing here: a person has to look. */
export function isFinal(kind: FailureKind): boolean {
  return (
    kind === "key_changed" ||
    kind === "signature_missing" ||
    kind === "signature_wrong" ||
    kind === "signature_expired" ||
    kind === "not_allowed" ||
    kind === "unsupported"
  );
}
