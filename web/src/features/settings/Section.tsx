// A titled card of the settings page.
import { type ReactNode, useId } from "react";

export function Section({
  title,
  sentence,
  children,
}: {
  title: string;
  sentence?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-md border bg-surface p-4 sm:p-5">
      <h2 id={id} className="text-sm font-semibold">
        {title}
      </h2>
      {sentence !== undefined && <p className="mt-1 text-sm text-soft">{sentence}</p>}
      <div className="mt-3">{children}</div>
    </section>
  );
}
