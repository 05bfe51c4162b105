// A page inside the frame: its title, one primary action, and the content.
import { type ReactNode, useEffect } from "react";
import { text } from "@/lib/text/text";
import { classes } from "./classes";

export function Page({
  title,
  action,
  children,
  wide = false,
}: {
  title: string;
  action?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}) {
  usePageTitle(title);
  return (
    <main
      className={classes(
        "flex min-h-full flex-col",
        wide ? "p-2 sm:p-3" : "mx-auto w-full max-w-3xl p-4 sm:p-8",
      )}
    >
      <header
        className={classes(
          "flex min-h-11 items-center justify-between gap-3",
          wide ? "px-2 pb-2 sm:pb-3" : "mb-5",
        )}
      >
        <h1 className="truncate text-lg font-semibold">{title}</h1>
        {action}
      </header>
      {children}
    </main>
  );
}

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${text.product}`;
  }, [title]);
}

/** A card in the middle of an otherwise empty page: sign-in, set-up, server away. */
export function CardPage({ title, children }: { title: string; children: ReactNode }) {
  usePageTitle(title);
  return (
    <main className="flex min-h-full flex-col items-center justify-center p-4">
      <div className="w-full max-w-sm rounded-md border bg-surface p-6 sm:p-8">
        <p className="mb-6 flex items-center gap-2 text-sm font-semibold">
          <img src="/favicon.svg" alt="" width={24} height={24} />
          {text.product}
        </p>
        {children}
      </div>
    </main>
  );
}
