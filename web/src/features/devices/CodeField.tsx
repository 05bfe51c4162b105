// Six big digits. One real field lies over the drawn boxes, so that paste, phones' suggestions and screen readers work.
import { useState } from "react";
import { classes } from "@/components/classes";
import { text } from "@/lib/text/text";

const length = 6;

export function CodeField({
  value,
  onChange,
  invalid,
}: {
  value: string;
  onChange: (digits: string) => void;
  invalid: boolean;
}) {
  const [focused, setFocused] = useState(false);
  const current = Math.min(value.length, length - 1);
  return (
    <div className="relative">
      <div aria-hidden="true" className="grid grid-cols-6 gap-2">
        {Array.from({ length }, (_, place) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the boxes never move
            key={place}
            className={classes(
              "flex h-16 items-center justify-center rounded-md border text-3xl font-semibold",
              place === 3 && "ml-1",
              invalid ? "border-bad" : "border-strong",
              focused && place === current && "outline-2 outline-accent-text",
            )}
          >
            {value[place] ?? ""}
          </span>
        ))}
      </div>
      <input
        aria-label={text.pairing.label}
        aria-invalid={invalid}
        inputMode="numeric"
        autoComplete="one-time-code"
        autoFocus
        value={value}
        onChange={(event) => onChange(event.target.value.replace(/\D/g, "").slice(0, length))}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        className="absolute inset-0 w-full cursor-text opacity-0"
        data-testid="pairing-code"
      />
    </div>
  );
}
