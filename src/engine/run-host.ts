import type { Json, NodeEvent, PlanNode, RunState } from "../model/index.ts";
import type { Progress } from "../ports/index.ts";
import type { Course } from "./course.ts";
import type { NodeHost } from "./node-run.ts";
import type { EngineInput } from "./types.ts";

/** What running nodes ask of the run around them. */
export class RunHost implements NodeHost {
  readonly input: EngineInput;
  readonly startedAt: number;
  /** Figures to compare the next run with, by the key they are kept under. */
  readonly proposals = new Map<string, Json>();
  readonly #course: Course;

  constructor(course: Course, startedAt: number) {
    this.#course = course;
    this.input = course.input;
    this.startedAt = startedAt;
    for (const [node, value] of this.input.proposals) this.proposals.set(this.#keyOf(node), value);
  }

  outcome(index: number): RunState | undefined {
    return this.#course.inFinally(index) ? this.#course.standing.state : undefined;
  }

  progress(node: PlanNode, event: Progress): void {
    // Also where it uses no secret: what it reads may hold one that another node has written.
    const shown = this.input.masking.maskJson(event as unknown as Json);
    this.#course.records.add({ ...(shown as object), node: node.id, at: this.#course.now() } as NodeEvent);
  }

  recorded(): Promise<void> | undefined {
    return this.#course.records.sync();
  }

  printed(node: PlanNode, stream: "stdout" | "stderr", chunk: Uint8Array): void | Promise<void> {
    return this.input.listen({ type: "node.log", at: this.#course.now(), node: node.id, stream, chunk });
  }

  propose(node: PlanNode, value: Json): Json {
    const kept = this.input.masking.maskJson(value);
    this.proposals.set(this.#keyOf(node.id), kept);
    return kept;
  }

  #keyOf(node: string): string {
    return baselineKey(this.input.plan.pipeline, node);
  }
}

/** What the figures of a node are kept under. */
export function baselineKey(pipeline: string, node: string): string {
  return `${pipeline}/${node}`;
}
