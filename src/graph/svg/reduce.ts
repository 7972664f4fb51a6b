import type { GraphView, ViewEdge } from "../view.ts";

/**
 * The edges without those that a longer way implies. A way through a node that a condition may skip implies nothing:
 * what stands behind it may run without it.
 */
export function withoutImplied(view: GraphView): readonly ViewEdge[] {
  const count = view.nodes.length;
  const incoming: ViewEdge[][] = view.nodes.map(() => []);
  for (const edge of view.edges) incoming[edge.to]?.push(edge);
  const words = Math.ceil(count / 32);
  // One bit for each node that stands before a node; filled in the Plan's order, which is topological.
  const before = new Uint32Array(words * count);
  const has = (set: number, bit: number): boolean =>
    ((before[set * words + (bit >>> 5)] ?? 0) & (1 << (bit & 31))) !== 0;
  const index = new Map(view.nodes.map((one) => [one.node.id, one.index]));
  for (const { id } of view.plan.nodes) {
    const to = index.get(id);
    if (to === undefined) continue;
    for (const edge of incoming[to] ?? []) {
      const { from } = edge;
      const inherited = certain(view, edge) ? words : 0;
      for (let word = 0; word < inherited; word++) {
        before[to * words + word] = (before[to * words + word] ?? 0) | (before[from * words + word] ?? 0);
      }
      const at = to * words + (from >>> 5);
      before[at] = (before[at] ?? 0) | (1 << (from & 31));
    }
  }
  return view.edges.filter((edge) => {
    const others = incoming[edge.to] ?? [];
    return !others.some(
      (other) => other.from !== edge.from && certain(view, other) && has(other.from, edge.from),
    );
  });
}

/** Whether the first node has run, or was not skipped by a condition, wherever the second one runs. */
function certain(view: GraphView, { from, to }: ViewEdge): boolean {
  const [source, target] = [view.nodes[from], view.nodes[to]];
  if (source === undefined || target === undefined || source.when !== undefined) return false;
  return source.stage === target.stage || view.stages[source.stage]?.when === undefined;
}
