/** The graph as the sort sees it: nodes and stages by their index of declaration. */
export interface OrderInput {
  /** For each node: indexes of the nodes it needs. */
  readonly needs: readonly (readonly number[])[];
  /** For each node: its stage. */
  readonly stageOf: readonly number[];
  /** For each stage: the stages before it. */
  readonly after: readonly (readonly number[])[];
  /** For each stage: its nodes. */
  readonly nodesOf: readonly (readonly number[])[];
}

/** An order in which everything stands after what it needs, or the nodes of a cycle. */
export type Order =
  | { readonly ok: true; readonly order: readonly number[] }
  | { readonly ok: false; readonly cycle: readonly number[] };

const NONE: readonly number[] = Object.freeze([]);

/**
 * Depth first, in the order of declaration, so that ties break by it. A stage counts as one vertex before its nodes,
 * which keeps the work linear where pairwise edges between stages would be quadratic. Iterative: chains are long.
 */
export function sortNodes(input: OrderInput): Order {
  const count = input.stageOf.length;
  const order: number[] = [];
  // Vertices: 0..count-1 are nodes; count+s opens stage s; both have 0 = new, 1 = open, 2 = done.
  const state = new Uint8Array(count + input.after.length);
  const stack: number[] = [];
  const next: number[] = [];
  const before = (vertex: number): readonly number[] => {
    if (vertex < count) return input.needs[vertex] ?? NONE;
    return (input.after[vertex - count] ?? []).flatMap((stage) => [
      count + stage,
      ...(input.nodesOf[stage] ?? []),
    ]);
  };
  const pending: (readonly number[])[] = [];
  for (let root = 0; root < count; root++) {
    if (state[root] !== 0) continue;
    push(root);
    while (stack.length > 0) {
      const top = stack.length - 1;
      const vertex = stack[top] ?? 0;
      const list = pending[top] ?? [];
      const index = next[top] ?? 0;
      if (index < list.length) {
        next[top] = index + 1;
        // A node's stage comes before all that it needs.
        const child = index === -1 ? count + (input.stageOf[vertex] ?? 0) : (list[index] ?? 0);
        if (state[child] === 0) push(child);
        else if (state[child] === 1) {
          const cycle = stack.slice(stack.indexOf(child)).filter((one) => one < count);
          return { ok: false, cycle };
        }
      } else {
        state[vertex] = 2;
        if (vertex < count) order.push(vertex);
        stack.pop();
        next.pop();
        pending.pop();
      }
    }
  }
  return { ok: true, order };

  function push(vertex: number): void {
    state[vertex] = 1;
    stack.push(vertex);
    next.push(vertex < count ? -1 : 0);
    pending.push(before(vertex));
  }
}
