// Rows of tiles that fill the width at the cameras' own shapes, as large as fits the window.

export interface GridRow {
  /** Indices of the cameras in this row, in order. */
  from: number;
  to: number;
  height: number;
}

export interface GridLayout {
  rows: GridRow[];
  /** All rows are as wide as this. */
  width: number;
}

export interface GridSpace {
  width: number;
  height: number;
  gap: number;
}

const phoneWidth = 640;
const lowestRow = 130;

/** `aspects` are width divided by height. */
export function layoutGrid(aspects: readonly number[], space: GridSpace): GridLayout {
  const count = aspects.length;
  if (count === 0 || space.width <= 0) return { rows: [], width: space.width };
  if (space.width < phoneWidth)
    return rowsOf(aspects, Math.ceil(count / (count > 4 ? 2 : 1)), space, space.width);

  let best: { layout: GridLayout; worth: number } | undefined;
  let fallback: GridLayout | undefined;
  for (let rowCount = 1; rowCount <= count; rowCount += 1) {
    const full = rowsOf(aspects, rowCount, space, space.width);
    if (lowest(full) < lowestRow) continue;
    fallback ??= full;
    // Too high for the window: the same rows, narrower and in the middle.
    const gaps = (rowCount - 1) * space.gap;
    const scale = Math.min(1, (space.height - gaps) / (heightOf(full, space.gap) - gaps));
    const layout = scale < 1 ? rowsOf(aspects, rowCount, space, Math.floor(space.width * scale)) : full;
    if (lowest(layout) < lowestRow) continue;
    // Large pictures are good, of equal size better, and a filled width is good too: two cameras stand side by side on a wide screen.
    const worth = lowest(layout) ** 2 * (0.6 + 0.4 * scale);
    if (!best || worth > best.worth) best = { layout, worth };
  }
  return best?.layout ?? fallback ?? rowsOf(aspects, count, space, space.width);
}

export interface TilePlace {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where each tile lies, in pixels. */
export function placeTiles(
  layout: GridLayout,
  aspects: readonly number[],
  gap: number,
): { tiles: TilePlace[]; width: number; height: number } {
  const tiles: TilePlace[] = [];
  let top = 0;
  for (const row of layout.rows) {
    let left = 0;
    for (const aspect of aspects.slice(row.from, row.to)) {
      const width = aspect * row.height;
      tiles.push({ left, top, width, height: row.height });
      left += width + gap;
    }
    top += row.height + gap;
  }
  return { tiles, width: layout.width, height: Math.max(0, top - gap) };
}

function rowsOf(aspects: readonly number[], rowCount: number, space: GridSpace, width: number): GridLayout {
  const rows: GridRow[] = [];
  let from = 0;
  let left = aspects.reduce((sum, aspect) => sum + aspect, 0);
  for (let row = 0; row < rowCount; row += 1) {
    const share = left / (rowCount - row);
    let to = from;
    let sum = 0;
    // Take cameras while that brings the row nearer to its share, leaving one for every row to come.
    while (to < aspects.length - (rowCount - row - 1)) {
      const next = aspects[to] ?? 1;
      if (to > from && Math.abs(sum + next - share) > Math.abs(sum - share) + 1e-9) break;
      sum += next;
      to += 1;
    }
    const gaps = (to - from - 1) * space.gap;
    rows.push({ from, to, height: (width - gaps) / sum });
    left -= sum;
    from = to;
  }
  return { rows, width };
}

function heightOf(layout: GridLayout, gap: number): number {
  return layout.rows.reduce((sum, row) => sum + row.height, 0) + (layout.rows.length - 1) * gap;
}

function lowest(layout: GridLayout): number {
  return Math.min(...layout.rows.map((row) => row.height));
}
