// The address in a device's QR code: `/devices/pair#CODE` or `/devices/pair#CODE-FINGERPRINT`, after '#' so that no server sees it.

export interface PairingLink {
  code: string;
  /** `3F:A2:…`; null where the link has none. */
  fingerprint: string | null;
}

export function readPairingLink(fragment: string): PairingLink | null {
  const parts = /^#?(\d{6})(?:-([0-9a-f]{2}(?::?[0-9a-f]{2}){7}))?$/i.exec(fragment);
  if (!parts?.[1]) return null;
  const hex = parts[2]?.replaceAll(":", "").toUpperCase();
  return { code: parts[1], fingerprint: hex ? (hex.match(/../g) ?? []).join(":") : null };
}
