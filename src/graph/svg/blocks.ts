import type { GraphView, ViewNode, ViewStage } from "../view.ts";

/** What is placed as one: a card for a node, or a box for the cells of a matrix. */
export interface Block {
  readonly index: number;
  readonly stage: number;
  /** For a matrix what its nodes' names begin with. */
  readonly title: string;
  /** Names of a matrix's dimensions; none for a card. */
  readonly dimensions: readonly string[];
  /** One for a card, two or more for a matrix. */
  readonly nodes: readonly ViewNode[];
  /** How many blocks of the same stage must stand before it, in a chain. */
  readonly layer: number;
}

/** All blocks, and the one of each node by its index. */
export interface Blocks {
  readonly all: readonly Block[];
  readonly of: readonly Block[];
}

interface Group {
  readonly key: string;
  readonly title: string;
  readonly nodes: ViewNode[];
}

/** Groups the cells of each matrix and finds how deep each block stands within its stage. */
export function blocksOf(view: GraphView): Blocks {
  const inner = innerEdges(view);
  const all: Block[] = [];
  const of: Block[] = [];
  for (const stage of view.stages) {
    for (const placed of layered(stage, inner)) {
      const block = { ...placed, index: all.length, stage: stage.index };
      all.push(block);
      for (const node of block.nodes) of[node.index] = block;
    }
  }
  return { all, of };
}

type Placed = Omit<Block, "index" | "stage">;

/** For each node the nodes of its own stage that it needs. */
function innerEdges(view: GraphView): ReadonlyMap<number, readonly number[]> {
  const inner = new Map<number, number[]>();
  for (const { from, to } of view.edges) {
    if (view.nodes[from]?.stage !== view.nodes[to]?.stage) continue;
    const list = inner.get(to);
    if (list === undefined) inner.set(to, [from]);
    else list.push(from);
  }
  return inner;
}

function layered(stage: ViewStage, inner: ReadonlyMap<number, readonly number[]>): readonly Placed[] {
  let groups = matrixGroups(stage, inner);
  for (;;) {
    const layers = layersOf(groups, inner);
    // Taken together, cells of two groups can need each other in turn; those groups are drawn cell by cell.
    const stuck = groups.filter((group, at) => layers[at] === undefined && group.nodes.length > 1);
    if (stuck.length === 0) {
      return groups.map(({ title, nodes }, at) => ({
        title,
        nodes,
        dimensions: dimensionsOf(nodes),
        layer: layers[at] ?? 0,
      }));
    }
    groups = groups.flatMap((group) => (stuck.includes(group) ? group.nodes.map(single) : [group]));
  }
}

function dimensionsOf(nodes: readonly ViewNode[]): readonly string[] {
  return nodes.length === 1 ? [] : Object.keys(nodes[0]?.node.matrix ?? {});
}

function matrixGroups(stage: ViewStage, inner: ReadonlyMap<number, readonly number[]>): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const node of stage.nodes) {
    const title = matrixTitle(node);
    const dimensions = Object.keys(node.node.matrix ?? {}).join(" ");
    const key =
      title === undefined
        ? `node ${node.index}`
        : `matrix ${node.kind} ${node.node.uses} ${title} ${dimensions}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, title: title ?? node.node.name, nodes: [node] });
    else group.nodes.push(node);
  }
  return [...groups.values()].flatMap((group) => {
    const own = new Set(group.nodes.map((node) => node.index));
    const chained = group.nodes.some((node) => inner.get(node.index)?.some((need) => own.has(need)) === true);
    return group.nodes.length === 1 || chained ? group.nodes.map(single) : [group];
  });
}

function single(node: ViewNode): Group {
  return { key: `node ${node.index}`, title: node.node.name, nodes: [node] };
}

/** What the cells of one matrix have in common in their names: `unit` of `unit[node=20,os=linux]`. */
function matrixTitle({ node }: ViewNode): string | undefined {
  if (node.matrix === null) return undefined;
  const keys = Object.keys(node.matrix);
  const bracket = node.name.search(/[[({]/);
  if (keys.length === 0 || bracket <= 0) return undefined;
  return node.name.slice(0, bracket).trim();
}

/** The longest chain of groups before each; `undefined` for those in a cycle and behind one. */
function layersOf(
  groups: readonly Group[],
  inner: ReadonlyMap<number, readonly number[]>,
): readonly (number | undefined)[] {
  const at = new Map(
    groups.flatMap((group, index) => group.nodes.map((node) => [node.index, index] as const)),
  );
  const before = groups.map((group) => {
    const needs = group.nodes.flatMap((node) => inner.get(node.index) ?? []).map((need) => at.get(need));
    return new Set(needs.filter((need) => need !== undefined));
  });
  const after: number[][] = groups.map(() => []);
  before.forEach((needs, index) => needs.forEach((need) => after[need]?.push(index)));
  const open = before.map((needs) => needs.size);
  const layers: (number | undefined)[] = open.map((count) => (count === 0 ? 0 : undefined));
  const queue = open.flatMap((count, index) => (count === 0 ? [index] : []));
  const depth = open.map(() => 0);
  for (const index of queue) {
    for (const next of after[index] ?? []) {
      depth[next] = Math.max(depth[next] ?? 0, (depth[index] ?? 0) + 1);
      open[next] = (open[next] ?? 0) - 1;
      if (open[next] === 0) {
        layers[next] = depth[next] ?? 0;
        queue.push(next);
      }
    }
  }
  return layers;
}
