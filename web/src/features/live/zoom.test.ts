// Zoom keeps the point under the pointer and never leaves the picture.
import { describe, expect, it } from "vitest";
import { pan, whole, zoomAt } from "./zoom";

const frame = { width: 800, height: 450 };

describe("zoom", () => {
  it("keeps the point under the pointer", () => {
    const point = { x: 200, y: 300 };
    const zoom = zoomAt(whole, 2, point, frame);
    expect((point.x - zoom.x) / zoom.scale).toBeCloseTo(point.x);
    expect((point.y - zoom.y) / zoom.scale).toBeCloseTo(point.y);
  });

  it("never shows what lies beside the picture", () => {
    const zoom = pan(zoomAt(whole, 3, { x: 400, y: 225 }, frame), 10_000, -10_000, frame);
    expect(zoom.x).toBe(0);
    expect(zoom.y).toBe(frame.height * (1 - zoom.scale));
  });

  it("ends at the whole picture when zoomed out", () => {
    expect(zoomAt(zoomAt(whole, 2, { x: 10, y: 10 }, frame), 0.1, { x: 700, y: 10 }, frame)).toEqual(whole);
  });
});
