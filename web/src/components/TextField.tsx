// A labelled text field with room for a hint and an error.
import { type ComponentProps, type ReactNode, useId } from "react";
import { classes } from "./classes";

export const inputLook =
  "min-h-11 w-full rounded-md border border-strong bg-surface px-3 text-base text-ink placeholder:text-soft sm:text-sm";

export function TextField({
  label,
  hint,
  error,
  after,
  className,
  ...rest
}: ComponentProps<"input"> & {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  after?: ReactNode;
}) {
  const id = useId();
  const notes = `${id}-notes`;
  return (
    <div className={classes("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          className={classes(inputLook, after !== undefined && "pr-12", error !== undefined && "border-bad")}
          aria-invalid={error !== undefined}
          aria-describedby={error !== undefined || hint !== undefined ? notes : undefined}
          {...rest}
        />
        {after}
      </div>
      {(error ?? hint) !== undefined && (
        <p id={notes} className={classes("text-sm", error !== undefined ? "text-bad" : "text-soft")}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
