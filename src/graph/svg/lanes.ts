import type { Grid } from "./grid.ts";
import type { Lane, Routes, Track, TrackEnd } from "./pieces.ts";
import { bottomBetween } from "./route.ts";
import { SIZES } from "./sizes.ts";
import type { Work } from "./untangle.ts";

/** How far lanes go beyond the stages of a row. */
export interface RowExtent {
  /** Zero or less. */
  readonly top: number;
  readonly bottom: number;
}

interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Gives every lane above and below the stages its height, so that no two lie on each other. Counts comparisons. */
export function placeLanes(
  grid: Grid,
  routes: Routes,
): { readonly extents: readonly RowExtent[]; readonly steps: number } {
  const work: Work = { steps: 0 };
  const stubs = stubsOf(routes);
  const extents = grid.rows.map((row, index): RowExtent => {
    const own = routes.lanes.filter((lane) => lane.row === index);
    const above = bySpan(
      own.filter((lane) => lane.where === "above"),
      -1,
    );
    const below = bySpan(
      own.filter((lane) => lane.where === "below"),
      1,
    );
    const levels: Interval[][] = [];
    for (const { lane, span } of above) lane.y = -LANE_MARGIN - SIZES.track * levelFor(levels, span, work);
    const placed: { readonly y: number; readonly span: Interval }[] = [];
    for (const { lane, span } of below) {
      const base = bottomBetween(grid, index, span.from, span.to) + LANE_MARGIN;
      const free = (y: number): boolean => {
        work.steps += placed.length + 1;
        const apart = placed.every(
          (one) => Math.abs(one.y - y) >= SIZES.track - 1 || !overlap(one.span, span),
        );
        return apart && !onStub(stubs, lane, span, y);
      };
      const wish = lane.wishes.find((y) => y >= base && free(y));
      let y = wish ?? base;
      while (wish === undefined && !free(y)) y += SIZES.track / 2;
      lane.y = y;
      placed.push({ y, span });
    }
    const bottom = Math.max(0, ...row.sections.map((section) => section.bottom));
    return {
      top: Math.min(0, ...above.map(({ lane }) => lane.y)),
      bottom: Math.max(bottom, ...placed.map((one) => one.y)),
    };
  });
  return { extents, steps: work.steps };
}

const LANE_MARGIN = 14;

/** Short ones first, which then stand nearest to the stages; of equal ones first that which begins nearest to them. */
function bySpan(
  lanes: readonly Lane[],
  side: 1 | -1,
): readonly { readonly lane: Lane; readonly span: Interval }[] {
  const spans = lanes.map((lane) => {
    const gutters = lane.tracks.map((track) => track.gutter);
    return { lane, span: { from: Math.min(...gutters), to: Math.max(...gutters) } };
  });
  return spans.sort(
    (a, b) =>
      a.span.to - a.span.from - (b.span.to - b.span.from) ||
      a.span.from - b.span.from ||
      side * ((a.lane.wishes[0] ?? 0) - (b.lane.wishes[0] ?? 0)),
  );
}

function overlap(a: Interval, b: Interval): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** The first level where the interval overlaps no other, which is then taken. */
function levelFor(levels: Interval[][], span: Interval, work: Work): number {
  let level = 0;
  for (; level < levels.length; level++) {
    work.steps += levels[level]?.length ?? 0;
    if (levels[level]?.every((one) => !overlap(one, span)) === true) break;
  }
  (levels[level] ??= []).push(span);
  return level;
}

/** The beginning or end of an edge beside a card. */
interface Stub {
  readonly y: number;
  readonly side: TrackEnd["side"];
  readonly track: Track;
}

/** By row and gutter. */
function stubsOf(routes: Routes): ReadonlyMap<string, readonly Stub[]> {
  const stubs = new Map<string, Stub[]>();
  for (const track of routes.tracks) {
    const key = `${track.row} ${track.gutter}`;
    const list = stubs.get(key) ?? [];
    stubs.set(key, list);
    for (const { at, side, shift } of track.ends) {
      if (typeof at === "number") list.push({ y: at + shift, side, track });
    }
  }
  return stubs;
}

/** Whether a lane at this height would lie on the beginning or end of another edge. Ending together is no harm. */
function onStub(
  stubs: ReadonlyMap<string, readonly Stub[]>,
  lane: Lane,
  { from, to }: Interval,
  y: number,
): boolean {
  return [from, to].some((gutter) =>
    stubs.get(`${lane.row} ${gutter}`)?.some((stub) => {
      if (Math.abs(stub.y - y) >= SIZES.track / 2 || lane.tracks.includes(stub.track)) return false;
      return stub.side === "left" || stub.y !== y || !lane.wishes.includes(y);
    }),
  );
}
