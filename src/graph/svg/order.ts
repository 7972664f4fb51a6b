import type { Work } from "./untangle.ts";

/** A layer: what stands above each other in one column and may change places. Holds indexes of blocks. */
export type Layer = readonly number[];

/** What {@link orderLayers} is told. */
export interface OrderInput {
  /** From left to right, each in the order of declaration. */
  readonly layers: readonly Layer[];
  /** By block. */
  readonly heights: readonly number[];
  /** Pairs of blocks. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** The layers with their blocks in places, and how many comparisons and visits it took. */
export interface OrderResult {
  readonly layers: readonly Layer[];
  readonly steps: number;
}

const SWEEPS = 8;

/**
 * Orders each layer so that few edges cross: every block goes to the mean height of its neighbours (the barycentre
 * heuristic), from left to right and back. The declared order stays unless another one is better.
 */
export function orderLayers({ layers, heights, edges }: OrderInput): OrderResult {
  const before = neighbours(heights.length, edges, 1);
  const after = neighbours(heights.length, edges, 0);
  const work: Work = { steps: 0 };
  const layerOf: number[] = [];
  layers.forEach((layer, index) => layer.forEach((block) => (layerOf[block] = index)));
  let current = layers;
  let best = layers;
  let least = crossings(layers, layerOf, edges, heights, work);
  for (let sweep = 0; sweep < SWEEPS && least > 0; sweep++) {
    const forward = sweep % 2 === 0;
    current = swept(current, forward, forward ? before : after, heights, work);
    const count = crossings(current, layerOf, edges, heights, work);
    if (count < least) [best, least] = [current, count];
  }
  return { layers: best, steps: work.steps };
}

function neighbours(count: number, edges: OrderInput["edges"], of: 0 | 1): readonly (readonly number[])[] {
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (const edge of edges) lists[edge[of]]?.push(edge[of === 0 ? 1 : 0]);
  return lists;
}

function swept(
  layers: readonly Layer[],
  forward: boolean,
  toward: readonly (readonly number[])[],
  heights: readonly number[],
  work: Work,
): readonly Layer[] {
  const result = [...layers];
  const centre = centres(layers, heights);
  for (let step = 0; step < layers.length; step++) {
    const index = forward ? step : layers.length - 1 - step;
    const layer = result[index] ?? [];
    if (layer.length < 2) continue;
    const wish = new Map(
      layer.map((block) => {
        const near = toward[block] ?? [];
        work.steps += near.length + 1;
        const sum = near.reduce((total, one) => total + (centre[one] ?? 0), 0);
        return [block, near.length === 0 ? (centre[block] ?? 0) : sum / near.length];
      }),
    );
    const sorted = [...layer].sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
    result[index] = sorted;
    placeLayer(sorted, heights, centre);
  }
  return result;
}

function centres(layers: readonly Layer[], heights: readonly number[]): number[] {
  const centre: number[] = [];
  for (const layer of layers) placeLayer(layer, heights, centre);
  return centre;
}

function placeLayer(layer: Layer, heights: readonly number[], centre: number[]): void {
  let y = 0;
  for (const block of layer) {
    const height = heights[block] ?? 0;
    centre[block] = y + height / 2;
    y += height;
  }
}

/** How many pairs of edges between the same two layers cross. */
function crossings(
  layers: readonly Layer[],
  layerOf: readonly number[],
  edges: OrderInput["edges"],
  heights: readonly number[],
  work: Work,
): number {
  const place: number[] = heights.map(() => 0);
  for (const layer of layers) layer.forEach((block, index) => (place[block] = index));
  const pairs = new Map<string, (readonly [number, number])[]>();
  for (const [from, to] of edges) {
    const key = `${layerOf[from] ?? 0} ${layerOf[to] ?? 0}`;
    const list = pairs.get(key);
    const ends = [place[from] ?? 0, place[to] ?? 0] as const;
    if (list === undefined) pairs.set(key, [ends]);
    else list.push(ends);
  }
  let total = 0;
  for (const list of pairs.values()) {
    list.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    total += inversions(
      list.map(([, to]) => to),
      work,
    );
  }
  return total;
}

/** Pairs in the wrong order, by merging: n log n. */
function inversions(values: readonly number[], work: Work): number {
  if (values.length < 2) return 0;
  const middle = values.length >> 1;
  const [left, right] = [values.slice(0, middle), values.slice(middle)];
  let count = inversions(left, work) + inversions(right, work);
  left.sort((a, b) => a - b);
  right.sort((a, b) => a - b);
  let at = 0;
  for (const value of left) {
    while (at < right.length && (right[at] ?? 0) < value) at++;
    count += at;
  }
  work.steps += values.length;
  return count;
}
