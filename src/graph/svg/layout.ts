import type { GraphView } from "../view.ts";
import { placeBetween } from "./between.ts";
import { blocksOf } from "./blocks.ts";
import { blockHeight } from "./boxes.ts";
import { columnsAcross, type RowColumns, tracksWidth } from "./columns.ts";
import { gridOf } from "./grid.ts";
import { placeLanes, type RowExtent } from "./lanes.ts";
import { linksOf } from "./links.ts";
import { type Net, netsOf, type NetTarget } from "./nets.ts";
import { placeBoxes, type PlacedBlock, type PlacedStage } from "./place.ts";
import { portsOf } from "./ports.ts";
import type { Lane, Routes, Track, Way } from "./pieces.ts";
import { routesOf } from "./route.ts";
import { outlineInset } from "./shapes.ts";
import { SIZES } from "./sizes.ts";
import { slotsOf } from "./tracks.ts";

/** A corner or end of an edge. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Everything with its place, ready to be drawn. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly stages: readonly PlacedStage[];
  readonly blocks: readonly PlacedBlock[];
  readonly nets: readonly PlacedNet[];
  /** How many comparisons it took; a measure of its cost that is the same on every machine. */
  readonly steps: number;
}

export interface PlacedNet {
  readonly net: Net;
  readonly ways: readonly PlacedWay[];
}

export interface PlacedWay {
  readonly target: NetTarget;
  /** From the source to the target; neighbours differ in one coordinate. */
  readonly points: readonly Point[];
}

/** Lays a Plan out: stages as columns in rows at most about `maxWidth` pixels wide, edges around the cards. */
export function layoutOf(view: GraphView, maxWidth: number): Layout {
  const blocks = blocksOf(view);
  const links = linksOf(view, blocks);
  const heights = blocks.all.map(blockHeight);
  const grid = gridOf(view, blocks, links, maxWidth - 2 * SIZES.margin);
  const nets = netsOf(view, blocks, links, portsOf(grid, blocks, heights));
  const routes = routesOf(grid, nets);
  const lanes = placeLanes(grid, routes);
  const slots = gutterSlots(routes);
  const start = tracksWidth(Math.max(...grid.rows.map((_, index) => slots.at(index, 0).count)));
  const across = grid.rows.map((row, index) =>
    columnsAcross(row, (gutter) => slots.at(index, gutter).count, start, index),
  );
  const trackX = (track: Track): number => {
    const slot = slots.at(track.row, track.gutter).slotOf.get(track) ?? 0;
    return (across[track.row]?.firstTrack(track.gutter) ?? 0) + slot * SIZES.track;
  };
  const between = placeBetween(grid.rows.length, routes.lanes, trackX);
  const tops = rowTops(lanes.extents, between.counts);
  const laneY = (lane: Lane): number =>
    lane.where === "between"
      ? (tops[lane.row] ?? 0) + (lanes.extents[lane.row]?.bottom ?? 0) + SIZES.rowGap / 2 + lane.y
      : (tops[lane.row] ?? 0) + lane.y;
  const last = grid.rows.length - 1;
  return {
    width: Math.max(...across.map((row) => row.width), 0) + SIZES.margin,
    height: (tops[last] ?? 0) + (lanes.extents[last]?.bottom ?? 0) + SIZES.margin,
    ...placeBoxes(grid, blocks.all, heights, across, tops),
    nets: nets.map((net, index) => ({
      net,
      ways: (routes.ways[index] ?? []).map((way) => ({
        target: way.target,
        points: pointsOf(way, across, tops, trackX, laneY),
      })),
    })),
    steps: lanes.steps + slots.steps + between.steps + grid.steps,
  };
}

function gutterSlots(routes: Routes): {
  at: (row: number, gutter: number) => ReturnType<typeof slotsOf>;
  steps: number;
} {
  const byGutter = new Map<string, Track[]>();
  for (const track of routes.tracks) {
    const key = `${track.row} ${track.gutter}`;
    const list = byGutter.get(key);
    if (list === undefined) byGutter.set(key, [track]);
    else list.push(track);
  }
  const slots = new Map([...byGutter].map(([key, tracks]) => [key, slotsOf(tracks)]));
  const none = slotsOf([]);
  const steps = [...slots.values()].reduce((sum, one) => sum + one.steps, 0);
  return { at: (row, gutter) => slots.get(`${row} ${gutter}`) ?? none, steps };
}

/** Where each row begins. */
function rowTops(extents: readonly RowExtent[], between: readonly number[]): readonly number[] {
  const tops: number[] = [];
  let y = SIZES.margin + SIZES.header;
  extents.forEach((extent, row) => {
    tops.push(y - extent.top);
    y += extent.bottom - extent.top + SIZES.rowGap + (between[row] ?? 0) * SIZES.track;
  });
  return tops;
}

function pointsOf(
  way: Way,
  across: readonly RowColumns[],
  tops: readonly number[],
  trackX: (track: Track) => number,
  laneY: (lane: Lane) => number,
): readonly Point[] {
  const { source, target, tracks, lanes } = way;
  const start = {
    x: (across[source.row]?.left(source.gutter - 1) ?? 0) + SIZES.cardWidth - source.inset,
    y: (tops[source.row] ?? 0) + source.y,
  };
  const end = {
    x:
      (across[target.port.row]?.left(target.port.gutter) ?? 0) +
      target.port.inset +
      outlineInset(target.port.outline, target.port.height, way.end.shift),
    y: (tops[target.port.row] ?? 0) + target.port.y + way.end.shift,
  };
  const points: Point[] = [start];
  let y = start.y;
  tracks.forEach((track, index) => {
    const x = trackX(track);
    const lane = lanes[index];
    points.push({ x, y });
    y = lane === undefined ? end.y : laneY(lane);
    points.push({ x, y });
  });
  return [...points, end];
}
