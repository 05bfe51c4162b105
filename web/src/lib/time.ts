// Times and figures as the reader's locale writes them.

/** `14:02`, with the date where it is not today's. */
export function clock(at: number | string, withSeconds = false): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  const today = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" } : {}),
    ...(today ? {} : { day: "numeric", month: "short" }),
  }).format(date);
}

export function dateTime(at: number | string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(date);
}

/** `1.5 Mbit/s`. */
export function bitrate(bits: number): string {
  const mega = bits >= 1_000_000;
  const value = bits / (mega ? 1_000_000 : 1_000);
  const digits = new Intl.NumberFormat(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(
    value,
  );
  return `${digits} ${mega ? "Mbit/s" : "kbit/s"}`;
}

export function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(value);
}
