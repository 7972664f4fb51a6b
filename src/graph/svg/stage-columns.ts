import type { ViewStage } from "../view.ts";
import type { Block, Blocks } from "./blocks.ts";
import type { End, Link } from "./links.ts";
import { orderLayers } from "./order.ts";
import type { Section } from "./sections.ts";
import { SIZES } from "./sizes.ts";

/** Columns of a stage from left to right, each with its blocks from above. */
export type Columns = readonly (readonly number[])[];

interface LayerKey {
  readonly stage: number;
  readonly layer: number;
}

/** Puts the blocks of every stage in columns: by layer, ordered, and at most about `most` of them. */
export function stageColumns(
  sections: readonly Section[],
  blocks: Blocks,
  links: readonly Link[],
  heights: readonly number[],
  most: number,
): { readonly columns: (stage: ViewStage) => Columns; readonly steps: number } {
  const byStage = new Map<number, number[][]>();
  for (const block of blocks.all) {
    const layers = byStage.get(block.stage) ?? [];
    (layers[block.layer] ??= []).push(block.index);
    byStage.set(block.stage, layers);
  }
  const keys = sections.flatMap((section) => layerKeys(section, byStage));
  const { layers, steps } = orderLayers({
    layers: keys.map(({ stage, layer }) => byStage.get(stage)?.[layer] ?? []),
    heights,
    edges: links.flatMap((link) => {
      const from = blockOf(link.from, blocks);
      const to = blockOf(link.to, blocks);
      return from === undefined || to === undefined ? [] : [[from.index, to.index] as const];
    }),
  });
  const ordered = new Map<number, (readonly number[])[]>();
  keys.forEach(({ stage }, at) => {
    const own = ordered.get(stage) ?? [];
    ordered.set(stage, own);
    own.push(layers[at] ?? []);
  });
  const result = new Map([...ordered].map(([stage, own]) => [stage, columnsOf(own, heights, most)]));
  return { columns: (stage) => result.get(stage.index) ?? [[]], steps };
}

/** The layers of stages above each other, the first ones of all of them first: so they stand in columns. */
function layerKeys(
  { stages }: Section,
  byStage: ReadonlyMap<number, readonly unknown[]>,
): readonly LayerKey[] {
  const depths = stages.map((stage) => byStage.get(stage.index)?.length ?? 0);
  return Array.from({ length: Math.max(0, ...depths) }, (_, layer) =>
    stages.flatMap((stage, at) => (layer < (depths[at] ?? 0) ? [{ stage: stage.index, layer }] : [])),
  ).flat();
}

/** The block that an end is or stands in; `undefined` for a whole stage. */
export function blockOf(end: End, blocks: Blocks): Block | undefined {
  switch (end.kind) {
    case "node":
      return blocks.of[end.node];
    case "block":
      return blocks.all[end.block];
    case "stage":
      return undefined;
  }
}

/** The layers in columns of a usual height, or of a greater one where there would be too many. */
function columnsOf(
  layers: readonly (readonly number[])[],
  heights: readonly number[],
  most: number,
): Columns {
  for (let limit: number = SIZES.columnHeight; ; limit *= 1.25) {
    const columns = layers.flatMap((layer) => chunks(layer, heights, limit));
    if (columns.length <= Math.max(most, layers.length)) return columns;
  }
}

/** Splits a layer that is too high for one column into columns of about equal height. */
function chunks(layer: readonly number[], heights: readonly number[], limit: number): number[][] {
  const of = (block: number): number => (heights[block] ?? 0) + SIZES.cardGap;
  const total = layer.reduce((sum, block) => sum + of(block), 0);
  const count = Math.max(1, Math.ceil(total / limit));
  const result: number[][] = [[]];
  let used = 0;
  for (const block of layer) {
    if (used + of(block) / 2 > (total / count) * result.length && result.length < count) result.push([]);
    result.at(-1)?.push(block);
    used += of(block);
  }
  return result;
}
