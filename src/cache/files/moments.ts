import type { Plan, PlanNode } from "../../model/index.ts";

/** Deeper than any plan of people; beyond it the newest moment is asked for, which is never wrong. */
const DEEPEST = 1_000;

/**
 * Counts the ends of jobs that may have written files. What is known of files was found out at some count; for a node it
 * is new enough if nothing that runs before the node has ended since. What runs beside it does not matter: no order of
 * the two is promised.
 */
export class Moments {
  #now = 0;
  readonly #nodes: ReadonlyMap<string, PlanNode>;
  readonly #stages: ReadonlyMap<string, Plan["stages"][number]>;
  readonly #wrote = new Map<string, number>();
  readonly #since = new Map<string, number>();
  readonly #ended = new Map<string, number>();

  constructor({ nodes, stages }: Pick<Plan, "nodes" | "stages">) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    this.#stages = new Map(stages.map((stage) => [stage.name, stage]));
  }

  get now(): number {
    return this.#now;
  }

  /** The node has run, so that files may be others now. */
  wrote(node: PlanNode): void {
    this.#wrote.set(node.id, ++this.#now);
    this.since(node);
  }

  /** The count at which something that runs before the node has ended last. All of it must have ended. */
  since(node: PlanNode, depth = 0): number {
    const known = this.#since.get(node.id);
    if (known !== undefined) return known;
    if (depth > DEEPEST) return this.#now;
    const needs = node.needs.map((need) => this.#endOf(need, depth));
    const stages = (this.#stages.get(node.stage)?.after ?? []).map((name) => this.#endOfStage(name, depth));
    const since = Math.max(0, ...needs, ...stages);
    this.#since.set(node.id, since);
    return since;
  }

  #endOf(id: string, depth: number): number {
    const node = this.#nodes.get(id);
    return node === undefined ? 0 : Math.max(this.#wrote.get(id) ?? 0, this.since(node, depth + 1));
  }

  #endOfStage(name: string, depth: number): number {
    const known = this.#ended.get(name);
    if (known !== undefined) return known;
    const stage = this.#stages.get(name);
    let last = 0;
    for (const id of stage?.nodes ?? []) last = Math.max(last, this.#endOf(id, depth + 1));
    for (const before of stage?.after ?? []) last = Math.max(last, this.#endOfStage(before, depth + 1));
    this.#ended.set(name, last);
    return last;
  }
}
