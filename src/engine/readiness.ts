import type { Plan } from "../model/index.ts";
import type { Graph } from "./graph.ts";

/**
 * Counts what every node and stage still waits for, and gives out, in order, the nodes for which that is nothing.
 * Every edge and every node is looked at once.
 */
export class Readiness {
  readonly #graph: Graph;
  readonly #needs: Int32Array;
  readonly #stageNeeds: Int32Array;
  readonly #stageLeft: Int32Array;
  readonly #open: Uint8Array;
  readonly #ended: Uint8Array;
  readonly #isFinally: readonly boolean[];
  #queue: number[] = [];
  #head = 0;

  constructor(graph: Graph, plan: Plan) {
    this.#graph = graph;
    this.#needs = graph.needs.slice();
    this.#stageNeeds = Int32Array.from(graph.stages, (stage) => stage.after);
    this.#stageLeft = Int32Array.from(graph.stages, (stage) => stage.nodes.length);
    this.#open = new Uint8Array(graph.stages.length);
    this.#ended = new Uint8Array(graph.count);
    this.#isFinally = plan.stages.map((stage) => stage.finally);
  }

  /** Opens every stage that waits for no other. */
  start(): void {
    this.#isFinally.forEach((isFinally, stage) => {
      if (!isFinally && this.#stageNeeds[stage] === 0) this.#openStage(stage);
    });
  }

  /** Opens the finally stage, whatever became of what it needs. Gives its nodes. */
  startFinally(): readonly number[] {
    const nodes = this.#isFinally.flatMap((isFinally, stage) =>
      isFinally ? (this.#graph.stages[stage]?.nodes ?? []) : [],
    );
    // Needs on other stages are over by now, one way or the other; needs within the stage still order it.
    for (const index of nodes) this.#needs[index] = 0;
    for (const index of nodes) {
      if (this.#ended[index] === 1) continue;
      for (const dependent of this.#graph.dependents[index] ?? [])
        this.#needs[dependent] = (this.#needs[dependent] ?? 0) + 1;
    }
    for (const index of nodes) if (this.#needs[index] === 0) this.#offer(index);
    this.#isFinally.forEach((isFinally, stage) => {
      if (isFinally) this.#open[stage] = 1;
    });
    return nodes;
  }

  /** A node has ended so that what needs it may go on. */
  ended(index: number): void {
    if (this.#ended[index] === 1) return;
    this.#ended[index] = 1;
    for (const dependent of this.#graph.dependents[index] ?? []) {
      const left = (this.#needs[dependent] ?? 0) - 1;
      this.#needs[dependent] = left;
      if (left === 0 && this.#isOpen(dependent)) this.#offer(dependent);
    }
    const stage = this.#graph.stageOf[index] ?? 0;
    const left = (this.#stageLeft[stage] ?? 0) - 1;
    this.#stageLeft[stage] = left;
    if (left === 0 && this.#open[stage] === 1) this.#closeStage(stage);
  }

  /** The next node that waits for nothing any more; -1 where there is none. */
  next(): number {
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
      return -1;
    }
    return this.#queue[this.#head++] ?? -1;
  }

  /** Takes back everything offered and not yet taken. */
  clear(): void {
    this.#queue = [];
    this.#head = 0;
  }

  #isOpen(index: number): boolean {
    return this.#open[this.#graph.stageOf[index] ?? 0] === 1;
  }

  #offer(index: number): void {
    if (this.#ended[index] === 0) this.#queue.push(index);
  }

  #openStage(first: number): void {
    const stages = [first];
    for (let stage = stages.pop(); stage !== undefined; stage = stages.pop()) {
      if (this.#open[stage] === 1 || this.#isFinally[stage] === true) continue;
      this.#open[stage] = 1;
      for (const index of this.#graph.stages[stage]?.nodes ?? [])
        if (this.#needs[index] === 0) this.#offer(index);
      if (this.#stageLeft[stage] === 0) stages.push(...this.#unlocked(stage));
    }
  }

  #closeStage(stage: number): void {
    for (const next of this.#unlocked(stage)) this.#openStage(next);
  }

  /** The stages that waited only for this one. */
  #unlocked(stage: number): number[] {
    return (this.#graph.stages[stage]?.before ?? []).filter((next) => {
      const left = (this.#stageNeeds[next] ?? 0) - 1;
      this.#stageNeeds[next] = left;
      return left === 0;
    });
  }
}
