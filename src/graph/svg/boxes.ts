import type { ViewNode, ViewStage } from "../view.ts";
import type { NodeKind } from "../../model/index.ts";
import type { Block } from "./blocks.ts";
import { SMALL, wrap } from "./measure.ts";
import { SIZES } from "./sizes.ts";

/** A rectangle: its left upper corner and its extent. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How high a block is drawn. */
export function blockHeight(block: Block): number {
  const [first] = block.nodes;
  if (first === undefined || block.nodes.length === 1) {
    return SIZES.cardHeight + (first === undefined ? 0 : conditionLines(first).length * SIZES.cardLine);
  }
  const rows = Math.ceil(block.nodes.length / cellColumns(block));
  const condition = sharedCondition(block.nodes) === undefined ? 0 : SIZES.cardLine;
  return (
    SIZES.matrixHeader +
    condition +
    rows * (SIZES.cellHeight + SIZES.cellGap) -
    SIZES.cellGap +
    SIZES.matrixPadding
  );
}

/** Where the text of a card begins, from its left. */
export const TEXT_LEFT = 38;

/** How wide the text of a card may be: the ends of gates and deploys take room. */
export function textRoom(kind: NodeKind): number {
  return SIZES.cardWidth - TEXT_LEFT - (kind === "job" ? 10 : 18);
}

/** The condition of a card as it is shown, on one line or two. */
export function conditionLines(node: ViewNode): readonly string[] {
  return node.when === undefined ? [] : wrap(`when ${node.when}`, textRoom(node.kind), SMALL, 2);
}

/** The condition that all nodes have, in words. */
export function sharedCondition(nodes: readonly ViewNode[]): string | undefined {
  const when = nodes[0]?.when;
  return nodes.every((node) => node.when === when) ? when : undefined;
}

/** How many columns the cells of a matrix stand in. */
export function cellColumns(block: Block): number {
  const count = block.nodes.length;
  return count <= SIZES.matrixRows ? 1 : count <= 3 * SIZES.matrixRows ? 2 : 3;
}

/** Where the cells of a matrix stand, in the order of its nodes, given where the matrix stands. */
export function cellBoxes(block: Block, box: Box): readonly Box[] {
  const columns = cellColumns(block);
  const rows = Math.ceil(block.nodes.length / columns);
  const inner = box.width - 2 * SIZES.matrixPadding;
  const width = (inner - (columns - 1) * SIZES.cellGap) / columns;
  const top = box.y + SIZES.matrixHeader + (sharedCondition(block.nodes) === undefined ? 0 : SIZES.cardLine);
  return block.nodes.map((_, index) => ({
    x: box.x + SIZES.matrixPadding + Math.floor(index / rows) * (width + SIZES.cellGap),
    y: top + (index % rows) * (SIZES.cellHeight + SIZES.cellGap),
    width,
    height: SIZES.cellHeight,
  }));
}

/** How high the title of a stage is, with its condition. */
export function stageHeaderHeight(stage: ViewStage): number {
  return SIZES.stageHeader + (stage.when === undefined && !stage.stage.finally ? 0 : SIZES.stageLine);
}
