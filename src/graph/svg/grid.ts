import type { GraphView, ViewStage } from "../view.ts";
import type { Blocks } from "./blocks.ts";
import { blockHeight, stageHeaderHeight } from "./boxes.ts";
import type { Link } from "./links.ts";
import { sectionsOf, type Section } from "./sections.ts";
import { SIZES } from "./sizes.ts";
import { type Columns, stageColumns } from "./stage-columns.ts";

/** A stage with its blocks in columns; heights are known, places from left to right are not yet. */
export interface Container {
  readonly stage: ViewStage;
  /** Indexes of blocks, from left to right and down. */
  readonly columns: readonly (readonly number[])[];
  /** Down from the top of its row. */
  readonly y: number;
  readonly height: number;
  /** From its upper edge to its first cards. */
  readonly header: number;
  /** Index of its first column within the row. */
  readonly column: number;
}

/** Columns that belong together, with the stages in them. */
export interface GridSection {
  readonly containers: readonly Container[];
  /** Index of its first column within the row. */
  readonly column: number;
  readonly columns: number;
  /** Down from the top of the row. */
  readonly bottom: number;
  readonly apart: boolean;
}

/** Sections side by side. */
export interface GridRow {
  readonly sections: readonly GridSection[];
  /** For each column the index of its section. */
  readonly sectionOf: readonly number[];
}

export interface Grid {
  readonly rows: readonly GridRow[];
  readonly steps: number;
}

/** Puts every block in a row, a stage, a column and a place, so that rows are at most about `maxWidth` pixels wide. */
export function gridOf(view: GraphView, blocks: Blocks, links: readonly Link[], maxWidth: number): Grid {
  const heights = blocks.all.map(blockHeight);
  const sections = sectionsOf(view);
  const { columns, steps } = stageColumns(
    sections,
    blocks,
    links,
    heights,
    Math.max(1, Math.floor(maxWidth / (SIZES.cardWidth + INNER_GUTTER))),
  );
  const wide = sections.map((section) =>
    Math.max(1, ...section.stages.map((stage) => columns(stage).length)),
  );
  const rows = rowsOf(wide, maxWidth + GUTTER).map((indexes) => {
    let column = 0;
    // Stages side by side begin their cards at one height, so that edges between them can be straight.
    const header = Math.max(
      ...indexes.flatMap((index) => sections[index]?.stages.slice(0, 1).map(stageHeaderHeight) ?? []),
    );
    const placed = indexes.map((index) => {
      const result = placeSection(
        sections[index],
        { columns: wide[index] ?? 1, column, header },
        columns,
        heights,
      );
      column += result.columns;
      return result;
    });
    return {
      sections: placed,
      sectionOf: placed.flatMap((one, at) => Array.from({ length: one.columns }, () => at)),
    };
  });
  return { rows, steps };
}

function placeSection(
  section: Section | undefined,
  { columns, column, header: first }: { columns: number; column: number; header: number },
  columnsOfStage: (stage: ViewStage) => Columns,
  heights: readonly number[],
): GridSection {
  let y = 0;
  const containers = (section?.stages ?? []).map((stage, index) => {
    const own = columnsOfStage(stage);
    const header = index === 0 ? first : stageHeaderHeight(stage);
    const height = header + Math.max(...own.map((one) => columnHeight(one, heights))) + SIZES.padding;
    const container = { stage, columns: own, y, height, header, column };
    y += height + SIZES.stageGap;
    return container;
  });
  return { containers, column, columns, bottom: y - SIZES.stageGap, apart: section?.apart ?? false };
}

function columnHeight(column: readonly number[], heights: readonly number[]): number {
  return column.reduce((sum, block) => sum + (heights[block] ?? 0) + SIZES.cardGap, -SIZES.cardGap);
}

/** Which sections go in which row: as few rows as `maxWidth` allows, all about equally wide. */
function rowsOf(columns: readonly number[], maxWidth: number): readonly (readonly number[])[] {
  const widths = columns.map(
    (count) => count * (SIZES.cardWidth + INNER_GUTTER) - INNER_GUTTER + 2 * SIZES.padding + GUTTER,
  );
  const fewest = filled(widths, maxWidth).length;
  let [low, high] = [0, maxWidth];
  while (high - low > 8) {
    const middle = (low + high) / 2;
    if (filled(widths, middle).length <= fewest) high = middle;
    else low = middle;
  }
  return filled(widths, high);
}

/** What lies between two columns of a stage, and between two stages, about. */
const INNER_GUTTER = 34;
const GUTTER = 40;

function filled(widths: readonly number[], limit: number): number[][] {
  const rows: number[][] = [];
  let used = Infinity;
  widths.forEach((width, index) => {
    if (used + width > limit) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(index);
    used += width;
  });
  return rows;
}
