import type { GraphView, ViewNode, ViewStage } from "../view.ts";
import { blocksOf, type Block } from "./blocks.ts";
import { blockHeight, type Box, cellBoxes } from "./boxes.ts";
import { columnsAcross, type RowColumns, tracksWidth } from "./columns.ts";
import { type Grid, gridOf } from "./grid.ts";
import { levelFor, placeLanes, type RowExtent } from "./lanes.ts";
import { linksOf } from "./links.ts";
import { type Net, netsOf, type NetTarget } from "./nets.ts";
import { portsOf } from "./ports.ts";
import { type Lane, type Routes, routesOf, type Track, type Way } from "./route.ts";
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

export interface PlacedStage extends Box {
  readonly stage: ViewStage;
}

export interface PlacedBlock extends Box {
  readonly block: Block;
  /** The cells of a matrix; empty for a card. */
  readonly cells: readonly (Box & { readonly node: ViewNode })[];
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
    columnsAcross(row, (gutter) => slots.at(index, gutter).count, start),
  );
  const trackX = (track: Track): number => {
    const slot = slots.at(track.row, track.gutter).slotOf.get(track) ?? 0;
    return (across[track.row]?.firstTrack(track.gutter) ?? 0) + slot * SIZES.track;
  };
  const between = placeBetween(grid, routes.lanes, trackX);
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

/** Gives the lanes between rows their heights; `counts` is how many stand above each other, by the upper row. */
function placeBetween(
  grid: Grid,
  lanes: readonly Lane[],
  trackX: (track: Track) => number,
): { readonly counts: readonly number[]; readonly steps: number } {
  const work = { steps: 0 };
  const counts = grid.rows.map((_, row) => {
    const levels: { from: number; to: number }[][] = [];
    for (const lane of lanes) {
      if (lane.where !== "between" || lane.row !== row) continue;
      const xs = lane.tracks.map(trackX);
      const span = { from: Math.min(...xs) - SIZES.track, to: Math.max(...xs) + SIZES.track };
      lane.y = levelFor(levels, span, work) * SIZES.track;
    }
    return levels.length;
  });
  return { counts, steps: work.steps };
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

function placeBoxes(
  grid: Grid,
  all: readonly Block[],
  heights: readonly number[],
  across: readonly RowColumns[],
  tops: readonly number[],
): Pick<Layout, "stages" | "blocks"> {
  const stages: PlacedStage[] = [];
  const blocks: PlacedBlock[] = [];
  grid.rows.forEach((row, rowIndex) => {
    const columns = across[rowIndex];
    const top = tops[rowIndex] ?? 0;
    if (columns === undefined) return;
    for (const { stage, columns: lists, y, height, header, column } of row.sections.flatMap(
      (one) => one.containers,
    )) {
      const x = columns.left(column) - SIZES.padding;
      const right = columns.left(column + lists.length - 1) + SIZES.cardWidth + SIZES.padding;
      stages.push({ stage, x, y: top + y, width: right - x, height });
      lists.forEach((list, at) => {
        let down = top + y + header;
        for (const index of list) {
          const block = all[index];
          if (block === undefined) continue;
          const box = {
            x: columns.left(column + at),
            y: down,
            width: SIZES.cardWidth,
            height: heights[index] ?? 0,
          };
          blocks.push({ ...box, block, cells: block.nodes.length === 1 ? [] : cellsOf(block, box) });
          down += box.height + SIZES.cardGap;
        }
      });
    }
  });
  return { stages, blocks };
}

function cellsOf(block: Block, box: Box): PlacedBlock["cells"] {
  return cellBoxes(block, box).flatMap((cell, index) => {
    const node = block.nodes[index];
    return node === undefined ? [] : [{ ...cell, node }];
  });
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
