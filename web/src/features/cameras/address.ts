// What a person typed as a camera's address.
import { text } from "@/lib/text/text";

export function addressError(url: string): string | undefined {
  if (url.trim() === "") return text.cameras.addressMissing;
  return /^(?:rt[sm]ps?|https?|wheps?|udp):\/\/[^\s/]/i.test(url.trim())
    ? undefined
    : text.cameras.addressWrong;
}

/** Takes `user:password@` out of the address; null when it is no address. */
export function readAddress(url: string): { url: string; user: string; password: string } | null {
  const parts = /^((?:rt[sm]ps?|https?|wheps?|udp):\/\/)(?:([^/]*)@)?(.+)$/i.exec(url.trim());
  if (!parts) return null;
  const [, scheme = "", account = "", rest = ""] = parts;
  const colon = account.indexOf(":");
  const user = colon < 0 ? account : account.slice(0, colon);
  const password = colon < 0 ? "" : account.slice(colon + 1);
  return { url: scheme + rest, user: decoded(user), password: decoded(password) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone % stands for itself
  }
}
