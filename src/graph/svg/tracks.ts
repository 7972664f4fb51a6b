import type { Track, TrackEnd } from "./pieces.ts";
import { untangle, type Work } from "./untangle.ts";

/** Tracks of one gutter with the slot of each, counted from the left. */
export interface Slots {
  readonly slotOf: ReadonlyMap<Track, number>;
  readonly count: number;
  readonly steps: number;
}

interface Piece {
  readonly track: Track;
  readonly top: number;
  readonly bottom: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
}

const FAR = 1e6;
/** Tracks that end this close to each other do not share a slot. */
const APART = 12;
/** Two horizontal lines this close look like one; then one of them is moved this far. */
const NEAR = 3;
const SHIFT = 7;

/** Orders the tracks of one gutter so that few lines cross, and lets those share a slot that do not meet. */
export function slotsOf(tracks: readonly Track[]): Slots {
  const work: Work = { steps: 0 };
  const pieces = tracks.map(pieceOf).filter((piece) => piece.bottom > piece.top);
  const ordered = untangle(pieces.sort(byDirection), crossings, work);
  const slotOf = new Map<Track, number>();
  for (const track of tracks) slotOf.set(track, 0);
  // The last piece of each slot that reaches lowest would do if they came sorted; they come in order of crossings.
  const slots: Piece[][] = [];
  for (const piece of ordered) {
    let slot = slots.length;
    while (slot > 0 && slots[slot - 1]?.every((other) => (work.steps++, !meet(other, piece))) === true)
      slot--;
    (slots[slot] ??= []).push(piece);
    slotOf.set(piece.track, slot);
  }
  separate(tracks, slotOf, work);
  return { slotOf, count: slots.length, steps: work.steps };
}

/** A horizontal line that meets a track of this gutter. */
interface Level {
  readonly track: Track;
  readonly side: TrackEnd["side"];
  /** Whether it is the end of an edge. */
  readonly end: boolean;
}

/** Moves ends of edges that would lie on another horizontal line of this gutter. */
function separate(tracks: readonly Track[], slotOf: ReadonlyMap<Track, number>, work: Work): void {
  const levels = new Map<number, Level[]>();
  const add = (y: number, level: Level): void => {
    const list = levels.get(Math.round(y));
    if (list === undefined) levels.set(Math.round(y), [level]);
    else list.push(level);
  };
  for (const track of tracks) {
    for (const { at, side, shift } of track.ends) {
      if (typeof at === "number") add(at + shift, { track, side, end: side === "right" });
      else if (at.where !== "between") add(at.y, { track, side, end: false });
    }
  }
  const slot = (track: Track): number => slotOf.get(track) ?? 0;
  const taken = (track: Track, y: number, moved: boolean): boolean => {
    for (let near = Math.round(y) - NEAR; near <= y + NEAR; near++) {
      for (const level of levels.get(near) ?? []) {
        work.steps++;
        if (level.track === track) continue;
        // Edges that come to the same card may end together; one that was moved has left that place.
        if (level.side === "right" ? moved || !level.end : slot(level.track) > slot(track)) return true;
      }
    }
    return false;
  };
  for (const track of tracks) {
    for (const end of track.ends) {
      if (end.side !== "right" || typeof end.at !== "number") continue;
      const y = end.at + end.shift;
      if (!taken(track, y, false)) continue;
      end.shift += [SHIFT, -SHIFT].find((shift) => !taken(track, y + shift, true)) ?? SHIFT;
      add(end.at + end.shift, { track, side: "right", end: true });
    }
  }
}

function meet(a: Piece, b: Piece): boolean {
  return a.top < b.bottom + APART && b.top < a.bottom + APART;
}

function pieceOf(track: Track): Piece {
  const points = track.ends.map(({ at, side, shift }) => ({
    y: typeof at === "number" ? at + shift : laneHeight(at),
    side,
  }));
  const heights = points.map((point) => point.y);
  return {
    track,
    top: Math.min(...heights),
    bottom: Math.max(...heights),
    left: points.filter((point) => point.side === "left").map((point) => point.y),
    right: points.filter((point) => point.side === "right").map((point) => point.y),
  };

  function laneHeight(lane: Exclude<(typeof track.ends)[number]["at"], number>): number {
    if (lane.where !== "between") return lane.y;
    return lane.row === track.row ? FAR : -FAR;
  }
}

/** Those that go up first, then those that go down with the lowest start first: few of them cross. */
function byDirection(a: Piece, b: Piece): number {
  return startOf(b) - startOf(a);
}

function startOf(piece: Piece): number {
  const start = piece.left[0] ?? piece.top;
  return start - piece.top > piece.bottom - start ? -start : start;
}

/** How often the two cross with the first one left of the second; lying on each other counts more. */
function crossings(first: Piece, second: Piece): number {
  const over = (heights: readonly number[], piece: Piece): number =>
    heights.filter((y) => y > piece.top && y < piece.bottom).length;
  const upon = first.right.filter((y) => second.left.some((other) => Math.abs(y - other) <= NEAR)).length;
  return over(first.right, second) + over(second.left, first) + 4 * upon;
}
