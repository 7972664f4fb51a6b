import type { Point } from "./layout.ts";
import { SIZES } from "./sizes.ts";
import { num } from "./xml.ts";

/** Path data for a line of horizontal and vertical pieces with round corners. */
export function roundedPath(points: readonly Point[]): string {
  const corners = simplified(points);
  const [start] = corners;
  if (start === undefined) return "";
  let path = `M${xy(start)}`;
  corners.forEach((corner, index) => {
    const before = corners[index - 1];
    const after = corners[index + 1];
    if (before === undefined) return;
    if (after === undefined) {
      path += `L${xy(corner)}`;
      return;
    }
    const radius = Math.min(SIZES.radius, distance(before, corner) / 2, distance(corner, after) / 2);
    path += `L${xy(toward(corner, before, radius))}Q${xy(corner)} ${xy(toward(corner, after, radius))}`;
  });
  return path;
}

/** An arrow head, pointing right, with its tip at `tip`. */
export function arrowHead(tip: Point, size: number): string {
  return `M${num(tip.x - size)},${num(tip.y - size * 0.55)}L${xy(tip)}L${num(tip.x - size)},${num(tip.y + size * 0.55)}Z`;
}

/** The points without doubled ones and without those in the middle of a straight piece. */
function simplified(points: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    if (last !== undefined && distance(last, point) < 0.5) continue;
    const before = kept.at(-2);
    if (last !== undefined && before !== undefined && inLine(before, last, point)) kept.pop();
    kept.push(point);
  }
  return kept;
}

function inLine(a: Point, b: Point, c: Point): boolean {
  return (same(a.x, b.x) && same(b.x, c.x)) || (same(a.y, b.y) && same(b.y, c.y));
}

function same(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.5;
}

function distance(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}

function toward(from: Point, to: Point, length: number): Point {
  const all = distance(from, to);
  const share = all === 0 ? 0 : length / all;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function xy(point: Point): string {
  return `${num(point.x)},${num(point.y)}`;
}
