import type { GraphView, ViewEdge } from "../view.ts";
import type { Block, Blocks } from "./blocks.ts";
import { withoutImplied } from "./reduce.ts";
import { SIZES } from "./sizes.ts";

/** An end of a drawn edge: one node, all cells of a matrix, or all nodes of a stage. */
export type End =
  | { readonly kind: "node"; readonly node: number }
  | { readonly kind: "block"; readonly block: number }
  | { readonly kind: "stage"; readonly stage: number };

/** A drawn edge, which may stand for several of the Plan's. */
export interface Link {
  readonly from: End;
  readonly to: End;
  /** The nth cell of one matrix goes to the nth of the other. */
  readonly each: boolean;
  /** For some cells of a matrix whose cells cannot be reached one by one: how many of them. */
  readonly count: number | undefined;
  readonly edges: readonly ViewEdge[];
}

/** A text that is equal for equal ends. */
export function endKey(end: End): string {
  switch (end.kind) {
    case "node":
      return `n${end.node}`;
    case "block":
      return `b${end.block}`;
    case "stage":
      return `s${end.stage}`;
  }
}

/**
 * The fewest edges that say the same: those implied by longer ways are left out, and edges from or to everything in
 * a matrix or a stage become one.
 */
export function linksOf(view: GraphView, blocks: Blocks): readonly Link[] {
  const edges = withoutImplied(view);
  const matrices = blocks.all.filter((block) => block.nodes.length > 1);
  let links: readonly Link[] = edges.map((edge) => ({
    from: { kind: "node", node: edge.from },
    to: { kind: "node", node: edge.to },
    each: false,
    count: undefined,
    edges: [edge],
  }));
  const cellOf = (end: End): Block | undefined => {
    const block = end.kind === "node" ? blocks.of[end.node] : undefined;
    return block !== undefined && block.nodes.length > 1 ? block : undefined;
  };
  if (matrices.length > 0) {
    const whole = (block: Block): Whole => ({
      end: { kind: "block", block: block.index },
      size: block.nodes.length,
    });
    links = collapse(links, "to", (end) => map(cellOf(end), whole));
    links = collapse(links, "from", (end) => map(cellOf(end), whole));
    links = pairCells(links, cellOf);
    // The cells of a matrix in several columns have others beside them: only its border can be reached.
    const some = (end: End): Whole | undefined => {
      const block = cellOf(end);
      return block === undefined || block.nodes.length <= SIZES.matrixRows
        ? undefined
        : { ...whole(block), size: 0 };
    };
    links = collapse(links, "to", some);
    links = collapse(links, "from", some);
  }
  const size = stageSizes(view, blocks);
  const stageOf = (end: End, other: End): Whole | undefined => {
    const stage = stageIndex(end, view, blocks);
    const count = size[stage] ?? 0;
    const inside = stageIndex(other, view, blocks) === stage;
    return inside || count < 3 || cellOf(end) !== undefined
      ? undefined
      : { end: { kind: "stage", stage }, size: count };
  };
  links = collapse(links, "to", stageOf);
  return collapse(links, "from", stageOf);
}

function map<T, U>(value: T | undefined, change: (value: T) => U): U | undefined {
  return value === undefined ? undefined : change(value);
}

interface Whole {
  readonly end: End;
  /** How many ends it stands for; 0 is however many there are. */
  readonly size: number;
}

/** Puts one link in the place of those that share one end and whose other ends are all parts of a whole. */
function collapse(
  links: readonly Link[],
  side: "from" | "to",
  wholeOf: (end: End, other: End) => Whole | undefined,
): readonly Link[] {
  const other = side === "from" ? "to" : "from";
  const found = new Map<string, { readonly whole: Whole; readonly parts: Link[] }>();
  const keyOf = new Map<Link, string>();
  for (const link of links) {
    const whole = link.each ? undefined : wholeOf(link[side], link[other]);
    if (whole === undefined) continue;
    const key = `${endKey(link[other])} ${endKey(whole.end)}`;
    keyOf.set(link, key);
    const entry = found.get(key);
    if (entry === undefined) found.set(key, { whole, parts: [link] });
    else entry.parts.push(link);
  }
  const done = new Set<string>();
  return links.flatMap((link) => {
    const key = keyOf.get(link);
    const entry = key === undefined ? undefined : found.get(key);
    if (key === undefined || entry === undefined || entry.parts.length < entry.whole.size) return [link];
    if (done.has(key)) return [];
    done.add(key);
    const count = entry.whole.size === 0 ? entry.parts.length : link.count;
    return [{ ...link, [side]: entry.whole.end, count, edges: entry.parts.flatMap((part) => part.edges) }];
  });
}

/** Links from each cell of one matrix to one cell of another, all different, become one. */
function pairCells(links: readonly Link[], cellOf: (end: End) => Block | undefined): readonly Link[] {
  const pairs = new Map<string, Link[]>();
  const keyOf = (link: Link): string | undefined => {
    const from = cellOf(link.from);
    const to = cellOf(link.to);
    return from === undefined || to === undefined
      ? undefined
      : `${from.index} ${to.index} ${from.nodes.length === to.nodes.length ? from.nodes.length : 0}`;
  };
  for (const link of links) {
    const key = keyOf(link);
    if (key === undefined) continue;
    const parts = pairs.get(key);
    if (parts === undefined) pairs.set(key, [link]);
    else parts.push(link);
  }
  const paired = new Map<Link, Link | undefined>();
  for (const [key, parts] of pairs) {
    const [from, to, size] = key.split(" ").map(Number);
    const all = (side: "from" | "to"): number => new Set(parts.map((part) => endKey(part[side]))).size;
    if (parts.length !== size || all("from") !== size || all("to") !== size) continue;
    const edges = parts.flatMap((part) => part.edges);
    parts.forEach((part, index) => {
      const whole: Link = {
        from: { kind: "block", block: from ?? 0 },
        to: { kind: "block", block: to ?? 0 },
        each: true,
        count: undefined,
        edges,
      };
      paired.set(part, index === 0 ? whole : undefined);
    });
  }
  return links.flatMap((link) => (paired.has(link) ? (paired.get(link) ?? []) : [link]));
}

function stageIndex(end: End, view: GraphView, blocks: Blocks): number {
  switch (end.kind) {
    case "node":
      return view.nodes[end.node]?.stage ?? 0;
    case "block":
      return blocks.all[end.block]?.stage ?? 0;
    case "stage":
      return end.stage;
  }
}

function stageSizes(view: GraphView, blocks: Blocks): readonly number[] {
  const sizes = view.stages.map(() => 0);
  for (const block of blocks.all) sizes[block.stage] = (sizes[block.stage] ?? 0) + 1;
  return sizes;
}
