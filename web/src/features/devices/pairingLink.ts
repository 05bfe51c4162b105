// The address in a device's QR code: `/pair#code=…&device=…&fingerprint=…`, after '#' so that no server sees it.

export interface PairingLink {
  code: string;
  /** Null where the link does not say. */
  device: string | null;
  /** `3F:A2:…`; null where the link does not say. */
  fingerprint: string | null;
}

export function readPairingLink(fragment: string): PairingLink | null {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const code = fields.get("code") ?? "";
  if (!/^\d{6}$/.test(code)) return null;
  return {
    code,
    device: fields.get("device"),
    fingerprint: fields.get("fingerprint")?.toUpperCase() ?? null,
  };
}
