// Key presses of the viewer by name; fields and dialogs keep theirs.
import { useEffect, useRef } from "react";

export type KeyActions = Record<string, () => void>;

/** Keys are KeyboardEvent.key in lower case; `digit` handlers get their number by name "1"–"9". */
export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("input, textarea, select, [role=dialog]")) return;
      // Space presses the focused button itself.
      if (event.key === " " && target?.closest("button, a")) return;
      const action = latest.current[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
