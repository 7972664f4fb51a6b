import { spreadArrivals } from "./arrivals.ts";
import type { Grid } from "./grid.ts";
import type { Net } from "./nets.ts";
import type { Lane, LanePlace, Routes, Track, TrackEnd, Way } from "./pieces.ts";
import type { Port } from "./ports.ts";

/**
 * Finds for every edge a way that touches no card: along gutters, above or below the stages that it passes, and
 * between rows. The edges of one net share their pieces.
 */
export function routesOf(grid: Grid, nets: readonly Net[]): Routes {
  const tracks: Track[] = [];
  const lanes: Lane[] = [];
  const ways = nets.map((net) => {
    const ownTracks = new Map<string, Track>();
    const ownLanes = new Map<string, Lane>();
    const track = (row: number, gutter: number): Track =>
      own(ownTracks, `${row} ${gutter}`, tracks, () => ({ row, gutter, ends: [] }));
    const lane = (where: LanePlace, row: number): Lane =>
      own(ownLanes, `${where} ${row}`, lanes, () => ({ where, row, tracks: [], wishes: [], y: 0 }));
    const first = track(net.source.row, net.source.gutter);
    const side = nearest(grid, net);
    first.ends.push({ at: net.source.y, side: "left", shift: 0 });
    return net.targets.map((target): Way => {
      const way = wayTo(grid, net.source, target.port, side, first, track, lane);
      const end: TrackEnd = { at: target.port.y, side: "right", shift: 0 };
      way.tracks.at(-1)?.ends.push(end);
      return { source: net.source, target, end, ...way };
    });
  });
  spreadArrivals(nets, ways);
  for (const lane of lanes) joinTracks(lane);
  for (const {
    source,
    target,
    end,
    lanes: [first],
  } of ways.flat())
    first?.wishes.push(source.y, target.port.y + end.shift);
  return { ways, tracks, lanes };
}

function own<T>(map: Map<string, T>, key: string, all: T[], make: () => T): T {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  all.push(made);
  return made;
}

type Ways = Pick<Way, "tracks" | "lanes">;

function wayTo(
  grid: Grid,
  source: Port,
  target: Port,
  side: "above" | "below",
  first: Track,
  track: (row: number, gutter: number) => Track,
  lane: (where: LanePlace, row: number) => Lane,
): Ways {
  if (source.row === target.row) {
    if (source.gutter === target.gutter) return { tracks: [first], lanes: [] };
    const last = track(target.row, target.gutter);
    const passing = lane(side, source.row);
    connect(passing, first, last);
    return { tracks: [first, last], lanes: [passing] };
  }
  const down = target.row > source.row;
  const tracks = [first];
  const lanes: Lane[] = [];
  for (let row = source.row; row !== target.row; row += down ? 1 : -1) {
    const between = lane("between", down ? row : row - 1);
    const next = row + (down ? 1 : -1);
    const after = track(next, next === target.row ? target.gutter : nearestGap(grid, next, target.gutter));
    connect(between, tracks.at(-1) ?? first, after);
    tracks.push(after);
    lanes.push(between);
  }
  return { tracks, lanes };
}

/** The gutter between two stages, or beside them all, that is nearest to a place in the row. */
function nearestGap(grid: Grid, row: number, gutter: number): number {
  const sections = grid.rows[row]?.sections ?? [];
  const gaps = [0, ...sections.map((section) => section.column + section.columns)];
  return gaps.reduce((best, gap) => (Math.abs(gap - gutter) < Math.abs(best - gutter) ? gap : best));
}

function connect(lane: Lane, ...tracks: readonly Track[]): void {
  for (const track of tracks) if (!lane.tracks.includes(track)) lane.tracks.push(track);
}

/** Whether a net's way past the stages of its row is shorter above or below them. */
function nearest(grid: Grid, { source, targets }: Net): "above" | "below" {
  let [above, below] = [0, 0];
  for (const { port } of targets) {
    if (port.row !== source.row || port.gutter === source.gutter) continue;
    const bottom = bottomBetween(grid, source.row, source.gutter, port.gutter);
    below += Math.max(0, bottom - source.y) + Math.max(0, bottom - port.y);
    above += source.y + port.y;
  }
  return above < below ? "above" : "below";
}

/** Where the stages end downwards whose columns lie between two gutters of a row. */
export function bottomBetween(grid: Grid, row: number, a: number, b: number): number {
  const { sectionOf = [], sections = [] } = grid.rows[row] ?? {};
  let bottom = 0;
  for (let column = Math.min(a, b); column < Math.max(a, b); column++) {
    bottom = Math.max(bottom, sections[sectionOf[column] ?? 0]?.bottom ?? 0);
  }
  return bottom;
}

/** Tells each track of a lane where the lane goes on from it. */
function joinTracks(lane: Lane): void {
  const gutters = lane.tracks.map((track) => track.gutter);
  for (const track of lane.tracks) {
    if (lane.where === "between") {
      track.ends.push({ at: lane, side: "none", shift: 0 });
      continue;
    }
    if (gutters.some((gutter) => gutter < track.gutter))
      track.ends.push({ at: lane, side: "left", shift: 0 });
    if (gutters.some((gutter) => gutter > track.gutter))
      track.ends.push({ at: lane, side: "right", shift: 0 });
  }
}
