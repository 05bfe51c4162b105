// Failure in three lines: what happened, the likely cause, and something that helps.
import type { ReactNode } from "react";
import { classes } from "./classes";

export function Notice({
  what,
  cause,
  children,
  className,
  wholePage = false,
  "data-testid": testId = "notice",
}: {
  what: string;
  cause?: string | undefined;
  children?: ReactNode;
  className?: string;
  /** It is all there is on the page, so its first line is the page's heading. */
  wholePage?: boolean;
  "data-testid"?: string;
}) {
  const First = wholePage ? "h1" : "p";
  return (
    <div
      role="status"
      data-testid={testId}
      className={classes("mx-auto flex max-w-md flex-col items-center gap-2 p-6 text-center", className)}
    >
      <First className="text-base font-semibold text-balance">{what}</First>
      {cause !== undefined && <p className="text-sm text-pretty text-soft">{cause}</p>}
      {children !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}

/** One line of refusal inside a form. */
export function FormError({ children }: { children: string | null | undefined }) {
  if (!children) return null;
  return (
    <p
      role="alert"
      data-testid="form-error"
      className="rounded-md border border-bad px-3 py-2 text-sm text-bad"
    >
      {children}
    </p>
  );
}
