import type { Plan } from "../model/index.ts";

/** A Plan's edges by index, as the scheduler counts them. */
export interface Graph {
  readonly count: number;
  readonly indexOf: ReadonlyMap<string, number>;
  /** For each node: the nodes that need it. */
  readonly dependents: readonly (readonly number[])[];
  /** For each node: how many nodes it needs. */
  readonly needs: Int32Array;
  readonly stageOf: Int32Array;
  readonly stages: readonly GraphStage[];
}

export interface GraphStage {
  readonly nodes: readonly number[];
  /** Indexes of the stages that wait for this one. */
  readonly before: readonly number[];
  /** How many stages it waits for. */
  readonly after: number;
}

const NONE: readonly number[] = Object.freeze([]);

export function buildGraph(plan: Plan): Graph {
  const count = plan.nodes.length;
  const indexOf = new Map<string, number>();
  plan.nodes.forEach((node, index) => indexOf.set(node.id, index));
  const stageIndex = new Map(plan.stages.map((stage, index) => [stage.name, index]));
  const dependents: (number[] | undefined)[] = new Array<number[] | undefined>(count);
  const needs = new Int32Array(count);
  const stageOf = new Int32Array(count);
  plan.nodes.forEach((node, index) => {
    needs[index] = node.needs.length;
    stageOf[index] = stageIndex.get(node.stage) ?? 0;
    for (const need of node.needs) {
      const from = indexOf.get(need) ?? 0;
      (dependents[from] ??= []).push(index);
    }
  });
  const before = plan.stages.map((): number[] => []);
  plan.stages.forEach((stage, index) => {
    for (const name of stage.after) before[stageIndex.get(name) ?? 0]?.push(index);
  });
  return {
    count,
    indexOf,
    dependents: Array.from(dependents, (list) => list ?? NONE),
    needs,
    stageOf,
    stages: plan.stages.map((stage, index) => ({
      nodes: stage.nodes.map((id) => indexOf.get(id) ?? 0),
      before: before[index] ?? NONE,
      after: stage.after.length,
    })),
  };
}
