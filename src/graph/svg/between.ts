import type { Lane, Track } from "./pieces.ts";
import { SIZES } from "./sizes.ts";
import { untangle, type Work } from "./untangle.ts";

interface Line {
  readonly lane: Lane;
  readonly from: number;
  readonly to: number;
  /** Where tracks of the row above come down to it, and where those of the row below leave it. */
  readonly above: readonly number[];
  readonly below: readonly number[];
}

/**
 * Gives the lanes between rows their heights, so that few lines cross. `counts` is how many stand above each other,
 * by the upper row.
 */
export function placeBetween(
  rows: number,
  lanes: readonly Lane[],
  trackX: (track: Track) => number,
): { readonly counts: readonly number[]; readonly steps: number } {
  const work: Work = { steps: 0 };
  const counts = Array.from({ length: rows }, (_, row) => {
    const own = lanes.filter((lane) => lane.where === "between" && lane.row === row);
    const lines = own.map((lane) => lineOf(lane, trackX)).sort((a, b) => a.from - b.from || a.to - b.to);
    // Below all earlier ones that it meets, so that the order holds and those that do not meet share a height.
    const levels: Line[][] = [];
    for (const line of untangle(lines, crossings, work)) {
      let level = levels.length;
      while (level > 0 && levels[level - 1]?.every((other) => apart(other, line, work)) === true) level--;
      (levels[level] ??= []).push(line);
      line.lane.y = level * SIZES.track;
    }
    return levels.length;
  });
  return { counts, steps: work.steps };
}

function lineOf(lane: Lane, trackX: (track: Track) => number): Line {
  const above = lane.tracks.filter((track) => track.row === lane.row).map(trackX);
  const below = lane.tracks.filter((track) => track.row !== lane.row).map(trackX);
  const xs = [...above, ...below];
  return { lane, above, below, from: Math.min(...xs), to: Math.max(...xs) };
}

function apart(a: Line, b: Line, work: Work): boolean {
  work.steps++;
  return a.from > b.to + SIZES.track || b.from > a.to + SIZES.track;
}

/** With the first one higher: its tracks downwards cross the second, whose tracks upwards cross the first. */
function crossings(first: Line, second: Line): number {
  const over = (xs: readonly number[], line: Line): number =>
    xs.filter((x) => x > line.from && x < line.to).length;
  return over(first.below, second) + over(second.above, first);
}
