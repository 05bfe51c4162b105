// Buttons: one primary a page, the rest quiet; touch size everywhere.
import type { ComponentProps } from "react";
import { Link } from "wouter";
import { classes } from "./classes";

type Look = "primary" | "quiet" | "danger" | "plain";

const base =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-md px-4 text-sm font-medium transition-colors select-none disabled:opacity-50";

const looks: Record<Look, string> = {
  primary: "bg-accent text-accent-ink hover:brightness-110",
  quiet: "border bg-surface text-ink hover:bg-raised",
  danger: "border border-bad text-bad hover:bg-raised",
  plain: "text-accent-text hover:bg-raised",
};

export function Button({
  look = "quiet",
  className,
  type = "button",
  ...rest
}: ComponentProps<"button"> & { look?: Look }) {
  return <button type={type} className={classes(base, looks[look], className)} {...rest} />;
}

export function LinkButton({
  look = "quiet",
  className,
  href,
  children,
  "data-testid": testId,
}: {
  look?: Look;
  className?: string;
  href: string;
  children: React.ReactNode;
  "data-testid"?: string;
}) {
  return (
    <Link href={href} className={classes(base, looks[look], className)} data-testid={testId}>
      {children}
    </Link>
  );
}

/** A square button with an icon; `label` is its text name. */
export function IconButton({
  label,
  className,
  type = "button",
  ...rest
}: Omit<ComponentProps<"button">, "aria-label" | "title"> & { label: string }) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={classes(
        "inline-flex size-11 shrink-0 items-center justify-center rounded-md transition-colors disabled:opacity-40",
        className,
      )}
      {...rest}
    />
  );
}
