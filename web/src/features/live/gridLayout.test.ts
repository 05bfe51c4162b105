// The grid's rows: nothing overlaps, nothing is lost, the window is used.
import { describe, expect, it } from "vitest";
import { layoutGrid } from "./gridLayout";

const wide = 16 / 9;
const cameras = (count: number) => Array.from({ length: count }, () => wide);

describe("layoutGrid", () => {
  it("shows every camera once, in order, for any number and any window", () => {
    for (let count = 0; count <= 33; count += 1) {
      for (const width of [360, 700, 1200, 2500]) {
        const { rows } = layoutGrid(cameras(count), { width, height: 800, gap: 8 });
        const shown = rows.flatMap((row) =>
          Array.from({ length: row.to - row.from }, (_, i) => row.from + i),
        );
        expect(shown).toEqual(Array.from({ length: count }, (_, i) => i));
      }
    }
  });

  it("fills the width exactly, whatever the shapes", () => {
    const aspects = [wide, 4 / 3, 9 / 16, wide, 1];
    const { rows, width } = layoutGrid(aspects, { width: 1200, height: 2000, gap: 8 });
    for (const row of rows) {
      const tiles = aspects.slice(row.from, row.to);
      const sum = tiles.reduce((total, aspect) => total + aspect * row.height, 0) + (tiles.length - 1) * 8;
      expect(sum).toBeCloseTo(width, 5);
    }
  });

  it("puts four cameras two by two on a desktop and below each other on a phone", () => {
    expect(layoutGrid(cameras(4), { width: 1200, height: 700, gap: 8 }).rows).toHaveLength(2);
    expect(layoutGrid(cameras(4), { width: 344, height: 700, gap: 8 }).rows).toHaveLength(4);
  });

  it("gives cameras of one shape one size where the window has room for that", () => {
    for (const [count, width, height] of [
      [4, 680, 950],
      [6, 680, 950],
      [9, 1200, 720],
      [16, 2460, 1230],
    ] as const) {
      const { rows } = layoutGrid(cameras(count), { width, height, gap: 8 });
      expect(new Set(rows.map((row) => row.to - row.from)).size).toBe(1);
    }
  });

  it("puts two cameras beside each other on a desktop, and three in two rows rather than under half an empty window", () => {
    const desktop = { width: 1176, height: 720, gap: 8 };
    expect(layoutGrid(cameras(2), desktop).rows).toHaveLength(1);
    expect(layoutGrid([wide, 4 / 3, 4 / 3], desktop).rows).toHaveLength(2);
  });

  it("keeps one camera inside the window", () => {
    const { rows } = layoutGrid(cameras(1), { width: 2500, height: 1000, gap: 8 });
    expect(rows[0]?.height).toBeLessThanOrEqual(1000);
  });
});
