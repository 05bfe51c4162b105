// Wheel, pinch and drag on an element, as a zoom.
import { type RefObject, useCallback, useEffect, useState } from "react";
import { pan, whole, type Zoom, zoomAt } from "./zoom";

export function useZoom(frame: RefObject<HTMLElement | null>): { zoom: Zoom; reset: () => void } {
  const [zoom, setZoom] = useState<Zoom>(whole);
  const reset = useCallback(() => setZoom(whole), []);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const pointers = new Map<number, PointerEvent>();
    const size = () => ({ width: element.clientWidth, height: element.clientHeight });
    const local = (x: number, y: number) => {
      const box = element.getBoundingClientRect();
      return { x: x - box.left, y: y - box.top };
    };
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002));
      setZoom((now) => zoomAt(now, factor, local(event.clientX, event.clientY), size()));
    };
    const onDown = (event: PointerEvent) => pointers.set(event.pointerId, event);
    const onMove = (event: PointerEvent) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const other = [...pointers.values()].find((pointer) => pointer.pointerId !== event.pointerId);
      pointers.set(event.pointerId, event);
      if (!other) {
        setZoom((now) => pan(now, event.clientX - before.clientX, event.clientY - before.clientY, size()));
        return;
      }
      const distance = (pointer: PointerEvent) =>
        Math.hypot(pointer.clientX - other.clientX, pointer.clientY - other.clientY);
      const middle = local((event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
      const factor = distance(before) > 0 ? distance(event) / distance(before) : 1;
      setZoom((now) => zoomAt(now, factor, middle, size()));
    };
    const onUp = (event: PointerEvent) => pointers.delete(event.pointerId);
    element.addEventListener("wheel", onWheel, { passive: false });
    element.addEventListener("pointerdown", onDown);
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", onUp);
    return () => {
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("pointerdown", onDown);
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", onUp);
    };
  }, [frame]);

  return { zoom, reset };
}
