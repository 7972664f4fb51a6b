import type { ViewNode, ViewStage } from "../view.ts";
import type { Block } from "./blocks.ts";
import { type Box, cellBoxes } from "./boxes.ts";
import type { RowColumns } from "./columns.ts";
import type { Grid } from "./grid.ts";
import { SIZES } from "./sizes.ts";

export interface PlacedStage extends Box {
  readonly stage: ViewStage;
}

export interface PlacedBlock extends Box {
  readonly block: Block;
  /** The cells of a matrix; empty for a card. */
  readonly cells: readonly (Box & { readonly node: ViewNode })[];
}

/** Gives every stage and block its rectangle. */
export function placeBoxes(
  grid: Grid,
  all: readonly Block[],
  heights: readonly number[],
  across: readonly RowColumns[],
  tops: readonly number[],
): { readonly stages: readonly PlacedStage[]; readonly blocks: readonly PlacedBlock[] } {
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
