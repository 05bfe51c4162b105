// True once `value` has been true without a break for a while; false at once.
import { useEffect, useState } from "react";

export function useSettled(value: boolean, afterMs: number): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (!value) {
      setSettled(false);
      return;
    }
    const timer = setTimeout(() => setSettled(true), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled && value;
}
