import type { NodeKind } from "../../model/index.ts";
import type { Blocks } from "./blocks.ts";
import { cellBoxes, type Box } from "./boxes.ts";
import type { Grid } from "./grid.ts";
import type { End } from "./links.ts";
import { SIZES } from "./sizes.ts";

/** Where an edge leaves or enters, with the gutter (the space between two columns) that it then is in. */
export interface Port {
  readonly row: number;
  /** Gutter `i` is left of column `i` of the row. */
  readonly gutter: number;
  /** Down from the top of the row. */
  readonly y: number;
  /** How far inside the column's edge; negative is outside. */
  readonly inset: number;
  /** How high what stands there is. */
  readonly height: number;
  /** Whose outline it is on, where that is not straight. */
  readonly outline: NodeKind | undefined;
}

/** The ports of everything in the grid. */
export interface Ports {
  in(end: End): Port;
  out(end: End): Port;
  /** Where the arrow between two stages begins and ends: at their titles. */
  stageIn(stage: number): Port;
  stageOut(stage: number): Port;
}

interface Spot {
  readonly row: number;
  readonly column: number;
  readonly y: number;
  readonly height: number;
}

interface StageSpot extends Spot {
  readonly columns: number;
  readonly header: number;
}

export function portsOf(grid: Grid, blocks: Blocks, heights: readonly number[]): Ports {
  const spots: Spot[] = [];
  const stages: StageSpot[] = [];
  grid.rows.forEach((row, rowIndex) => {
    for (const { stage, columns, y, height, header, column } of row.sections.flatMap(
      (section) => section.containers,
    )) {
      stages[stage.index] = { row: rowIndex, column, y, height, columns: columns.length, header };
      columns.forEach((list, at) => {
        let top = y + header;
        for (const block of list) {
          const own = heights[block] ?? 0;
          spots[block] = { row: rowIndex, column: column + at, y: top, height: own };
          top += own + SIZES.cardGap;
        }
      });
    }
  });
  const nowhere: StageSpot = { row: 0, column: 0, y: 0, height: 0, columns: 1, header: 0 };
  const port = (end: End, side: 0 | 1): Port => {
    if (end.kind === "stage") return stagePort(stages[end.stage] ?? nowhere, side, "body");
    const block = end.kind === "block" ? blocks.all[end.block] : blocks.of[end.node];
    const spot = spots[block?.index ?? 0] ?? nowhere;
    const base = { row: spot.row, gutter: spot.column + side };
    if (end.kind === "block") {
      return {
        ...base,
        y: spot.y + SIZES.matrixHeader / 2,
        inset: 0,
        height: SIZES.matrixHeader,
        outline: undefined,
      };
    }
    if (block === undefined || block.nodes.length === 1) {
      return {
        ...base,
        y: spot.y + spot.height / 2,
        inset: 0,
        height: spot.height,
        outline: block?.nodes[0]?.kind,
      };
    }
    const box: Box = { x: 0, y: spot.y, width: SIZES.cardWidth, height: spot.height };
    const cell = cellBoxes(block, box)[block.nodes.findIndex((node) => node.index === end.node)];
    const outline = block.nodes[0]?.kind;
    const y = (cell?.y ?? spot.y) + SIZES.cellHeight / 2;
    return { ...base, y, inset: SIZES.matrixPadding, height: SIZES.cellHeight, outline };
  };
  return {
    in: (end) => port(end, 0),
    out: (end) => port(end, 1),
    stageIn: (stage) => stagePort(stages[stage] ?? nowhere, 0, "title"),
    stageOut: (stage) => stagePort(stages[stage] ?? nowhere, 1, "title"),
  };
}

function stagePort(spot: StageSpot, side: 0 | 1, part: "title" | "body"): Port {
  return {
    row: spot.row,
    gutter: spot.column + side * spot.columns,
    y: part === "title" ? spot.y + SIZES.stageHeader / 2 : spot.y + spot.header + 6,
    inset: -SIZES.padding,
    height: 2 * SIZES.cellHeight,
    outline: undefined,
  };
}
