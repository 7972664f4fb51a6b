import type { PlanNode, PlanStage } from "../model/index.ts";
import { Backoffs } from "./backoffs.ts";
import { buildGraph, type Graph } from "./graph.ts";
import type { NodeRun } from "./node-run.ts";
import { Readiness } from "./readiness.ts";
import { Records } from "./records.ts";
import { Resources } from "./resources.ts";
import { Results } from "./results.ts";
import { Standing } from "./standing.ts";
import { halt, abortRunning } from "./stopping.ts";
import type { EngineInput } from "./types.ts";

/** How far one run has come: all that the parts of the engine share. */
export class Course {
  readonly input: EngineInput;
  readonly graph: Graph;
  readonly readiness: Readiness;
  readonly resources: Resources;
  readonly backoffs: Backoffs;
  readonly records: Records;
  readonly results: Results;
  readonly standing = new Standing();
  readonly running = new Map<number, NodeRun>();
  /** Launched or backing off, and not yet ended. */
  busy = 0;
  /** Starts all that can start. */
  readonly pump: () => void;

  constructor(input: EngineInput, pump: () => void) {
    this.input = input;
    this.pump = pump;
    this.graph = buildGraph(input.plan);
    this.readiness = new Readiness(this.graph, input.plan);
    this.resources = new Resources(input.concurrency);
    this.backoffs = new Backoffs(input.clock);
    this.results = new Results(this.graph, input.secrets);
    this.records = new Records(input, (fault) => {
      this.standing.failed(fault.message);
      halt(this, fault.message);
      abortRunning(this, fault.message, true);
    });
  }

  now(): number {
    return this.input.clock.now();
  }

  node(index: number): PlanNode {
    return this.input.plan.nodes[index] as PlanNode;
  }

  stage(index: number): PlanStage | undefined {
    return this.input.plan.stages[this.graph.stageOf[index] ?? 0];
  }

  inFinally(index: number): boolean {
    return this.stage(index)?.finally === true;
  }

  warn(message: string): void {
    this.records.add({ type: "warning", at: this.now(), message });
  }
}
