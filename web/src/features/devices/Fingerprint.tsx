// A key's short fingerprint, in groups that eyes can compare.
import { classes } from "@/components/classes";

export function Fingerprint({ value, large = false }: { value: string; large?: boolean }) {
  const pairs = value.split(":");
  const groups = Array.from({ length: Math.ceil(pairs.length / 2) }, (_, i) =>
    pairs.slice(i * 2, i * 2 + 2).join(":"),
  );
  return (
    <p
      data-testid="fingerprint"
      data-fingerprint={value}
      className={classes(
        "flex flex-wrap gap-x-3 gap-y-1 font-mono",
        large ? "rounded-md border bg-raised p-4 text-lg font-semibold" : "text-sm",
      )}
    >
      {groups.map((group) => (
        <span key={group}>{group}</span>
      ))}
    </p>
  );
}
