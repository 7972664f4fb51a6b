/** For each node the nodes that must have ended before it; always ones that come earlier in the list. */
export type Graph = readonly (readonly number[])[];

/** Nodes that wait for nothing. */
export function wide(count: number): Graph {
  return Array.from({ length: count }, () => []);
}

/** Each node waits for the one before it. */
export function chain(count: number): Graph {
  return Array.from({ length: count }, (_, index) => (index === 0 ? [] : [index - 1]));
}

/** Layers of the same width; each node waits for `needs` nodes of the layer before its own. */
export function layered(count: number, layers = 10, needs = 3): Graph {
  const width = count / layers;
  return Array.from({ length: count }, (_, index) => {
    const before = (Math.floor(index / width) - 1) * width;
    return before < 0 ? [] : Array.from({ length: needs }, (__, step) => before + ((index + step) % width));
  });
}

/** What has no edges but "these, and then those" runs a graph level by level: each node right after the last it needs. */
export function levels(graph: Graph): number[][] {
  const level: number[] = [];
  const all: number[][] = [];
  for (const [index, needs] of graph.entries()) {
    const own = needs.reduce((most, need) => Math.max(most, (level[need] ?? 0) + 1), 0);
    level[index] = own;
    (all[own] ??= []).push(index);
  }
  return all;
}
