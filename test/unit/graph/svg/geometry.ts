import type { Box } from "../../../../src/graph/svg/boxes.ts";
import type { Layout, Point } from "../../../../src/graph/svg/layout.ts";

interface Segment {
  readonly net: number;
  readonly a: Point;
  readonly b: Point;
  /** Where the whole line ends. */
  readonly end: Point;
  readonly start: Point;
}

function segmentsOf(layout: Layout): readonly Segment[] {
  return layout.nets.flatMap(({ ways }, net) =>
    ways.flatMap(({ points }) => {
      const [start, end] = [points[0], points.at(-1)];
      if (start === undefined || end === undefined) return [];
      return points.slice(1).map((b, index) => ({ net, a: points[index] ?? b, b, start, end }));
    }),
  );
}

/** Pieces of lines that are neither horizontal nor vertical. */
export function slanted(layout: Layout): readonly Segment[] {
  return segmentsOf(layout).filter(({ a, b }) => a.x !== b.x && a.y !== b.y);
}

/** Pieces of lines that run through a card which is neither their beginning nor their end. */
export function throughCards(layout: Layout): readonly Segment[] {
  return segmentsOf(layout).filter(({ a, b, start, end }) =>
    layout.blocks.some((box) => !holds(box, start) && !holds(box, end) && cuts(box, a, b)),
  );
}

function holds(box: Box, point: Point): boolean {
  return (
    point.x >= box.x - 1 &&
    point.x <= box.x + box.width + 1 &&
    point.y >= box.y - 1 &&
    point.y <= box.y + box.height + 1
  );
}

function cuts(box: Box, a: Point, b: Point): boolean {
  return (
    Math.max(a.x, b.x) > box.x + 1 &&
    Math.min(a.x, b.x) < box.x + box.width - 1 &&
    Math.max(a.y, b.y) > box.y + 1 &&
    Math.min(a.y, b.y) < box.y + box.height - 1
  );
}

/** Pairs of lines from different sources that lie on each other, except where they end at the same place. */
export function onEachOther(layout: Layout): readonly (readonly [Segment, Segment])[] {
  const all = segmentsOf(layout);
  return [...pairs(all, "x", "y"), ...pairs(all, "y", "x")];
}

function pairs(
  all: readonly Segment[],
  along: "x" | "y",
  across: "x" | "y",
): (readonly [Segment, Segment])[] {
  const lines = all.filter(({ a, b }) => a[across] === b[across] && Math.abs(a[along] - b[along]) > 2);
  const found: (readonly [Segment, Segment])[] = [];
  const byPlace = new Map<number, Segment[]>();
  for (const line of lines) {
    const place = Math.round(line.a[across]);
    byPlace.set(place, [...(byPlace.get(place) ?? []), line]);
  }
  for (const list of byPlace.values()) {
    list.forEach((one, index) => {
      for (const other of list.slice(index + 1)) {
        if (one.net === other.net) continue;
        if (one.end.x === other.end.x && one.end.y === other.end.y) continue;
        const from = Math.max(Math.min(one.a[along], one.b[along]), Math.min(other.a[along], other.b[along]));
        const to = Math.min(Math.max(one.a[along], one.b[along]), Math.max(other.a[along], other.b[along]));
        if (to - from > 2) found.push([one, other]);
      }
    });
  }
  return found;
}

/** Pairs of boxes that share room. */
export function overlapping<T extends Box>(boxes: readonly T[]): readonly (readonly [T, T])[] {
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter(
        (b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
      )
      .map((b) => [a, b] as const),
  );
}

/** How often lines from different sources cross. */
export function crossings(layout: Layout): number {
  const all = segmentsOf(layout);
  const upright = all.filter(({ a, b }) => a.x === b.x);
  const level = all.filter(({ a, b }) => a.y === b.y);
  let count = 0;
  for (const v of upright) {
    for (const h of level) {
      if (v.net === h.net) continue;
      const inX = v.a.x > Math.min(h.a.x, h.b.x) && v.a.x < Math.max(h.a.x, h.b.x);
      const inY = h.a.y > Math.min(v.a.y, v.b.y) && h.a.y < Math.max(v.a.y, v.b.y);
      if (inX && inY) count++;
    }
  }
  return count;
}
