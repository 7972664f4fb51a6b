import type { GridRow } from "./grid.ts";
import { SIZES } from "./sizes.ts";

/** Where the columns and gutters of a row stand from left to right. */
export interface RowColumns {
  readonly width: number;
  /** Left edge of a column's cards. */
  left(column: number): number;
  /** Where the first track of a gutter runs. */
  firstTrack(gutter: number): number;
}

/** Makes every gutter as wide as the tracks in it need; the first is at least `start` wide. `index` counts rows. */
export function columnsAcross(
  row: GridRow,
  tracks: (gutter: number) => number,
  start: number,
  index: number,
): RowColumns {
  const count = row.sectionOf.length;
  const lefts: number[] = [];
  const firsts: number[] = [];
  let x: number = SIZES.margin;
  for (let gutter = 0; gutter <= count; gutter++) {
    const { before, after, least } = gutterShape(row, gutter, count);
    const lines = tracks(gutter);
    const needed = tracksWidth(lines);
    const open = Math.max(least, needed, gutter === 0 ? start : 0);
    firsts.push(onGrid(x + before + (open - Math.max(0, lines - 1) * SIZES.track) / 2, index));
    x += before + open + after;
    lefts.push(x);
    if (gutter < count) x += SIZES.cardWidth;
  }
  return { width: x, left: (column) => lefts[column] ?? x, firstTrack: (gutter) => firsts[gutter] ?? x };
}

/** Tracks of rows that follow each other stand on different grids, so that none runs into one from the next row. */
function onGrid(x: number, row: number): number {
  const phase = ((row % 2) * SIZES.track) / 2;
  return Math.round((x - phase) / SIZES.track) * SIZES.track + phase;
}

/** How much room that many tracks beside each other need. */
export function tracksWidth(lines: number): number {
  return lines === 0 ? 0 : 2 * SIZES.trackMargin + (lines - 1) * SIZES.track;
}

interface GutterShape {
  /** What of the gutter belongs to the stage on its left. */
  readonly before: number;
  readonly after: number;
  /** How wide it is without a track. */
  readonly least: number;
}

function gutterShape(row: GridRow, gutter: number, count: number): GutterShape {
  if (gutter === 0) return { before: 0, after: SIZES.padding, least: 0 };
  if (gutter === count) return { before: SIZES.padding, after: 0, least: 0 };
  const [left, right] = [row.sectionOf[gutter - 1], row.sectionOf[gutter]];
  if (left === right) return { before: 0, after: 0, least: 2 * SIZES.trackMargin };
  const apart = row.sections[right ?? 0]?.apart === true ? SIZES.apart : 0;
  return { before: SIZES.padding, after: SIZES.padding + apart, least: 36 };
}
