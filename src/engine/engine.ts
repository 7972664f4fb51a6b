import { messageOf } from "../errors/index.ts";
import type { ConditionAnswer, RunResult } from "../model/index.ts";
import { leaveOutside } from "./carrying.ts";
import { Course } from "./course.ts";
import { consider, launchNext } from "./launching.ts";
import { RunHost } from "./run-host.ts";
import { cancel, skipTheRest } from "./stopping.ts";
import type { EngineInput } from "./types.ts";

/**
 * Runs one Plan once. Work is driven by counts per node and stage, so that its cost grows with nodes and edges only;
 * a node whose work ends in the same turn (a plain function) costs no promise.
 */
export class Engine {
  readonly input: EngineInput;
  readonly startedAt: number;
  readonly #course: Course;
  readonly #host: RunHost;
  #finalizing = false;
  #pumping = false;
  #end: (() => void) | undefined;

  constructor(input: EngineInput) {
    this.input = input;
    this.startedAt = input.startedAt ?? input.clock.now();
    this.#course = new Course(input, () => {
      this.#pump();
    });
    this.#host = new RunHost(this.#course, this.startedAt);
  }

  /** Runs to the end. Rejects for nothing that a node does. */
  async run(): Promise<RunResult> {
    const { signal, warnings } = this.input;
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    const onAbort = (): void => {
      cancel(this.#course, messageOf(signal.reason));
    };
    this.#recordStart();
    for (const message of warnings) this.#course.warn(message);
    leaveOutside(this.#course);
    this.#course.readiness.start();
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    this.#pump();
    await ended;
    signal.removeEventListener("abort", onAbort);
    return await this.#conclude();
  }

  #recordStart(): void {
    const { input } = this;
    const { plan } = input;
    const { answers } = input.start;
    const masked = (one: ConditionAnswer): ConditionAnswer => ({
      ...one,
      text: input.masking.mask(one.text),
    });
    this.#course.records.add({
      type: "run.started",
      at: this.startedAt,
      run: input.run,
      pipeline: plan.pipeline,
      fingerprint: plan.fingerprint,
      params: input.masking.maskJson(plan.params) as typeof plan.params,
      nodes: input.selection?.size ?? plan.nodes.length,
      commit: input.commit,
      branch: input.branch,
      ...(input.owner === undefined ? {} : { owner: input.owner }),
      ...(input.resumed ? { resumed: true } : {}),
      ...input.start,
      ...(answers === undefined ? {} : { answers: answers.map(masked) }),
    });
  }

  /** Starts all that can start. Never recursive: what ends at once only adds to the queues read here. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    const course = this.#course;
    const { readiness } = course;
    do {
      for (let next = readiness.next(); next !== -1; next = readiness.next()) consider(course, next);
    } while (launchNext(course, this.#host));
    // What has ended must be on record before this process waits for anything.
    const committed = course.records.commit();
    this.#pumping = false;
    if (committed === undefined) {
      this.#checkEnd();
      return;
    }
    course.busy++;
    void committed.then(() => {
      course.busy--;
      this.#checkEnd();
    });
  }

  #checkEnd(): void {
    const course = this.#course;
    if (course.busy > 0 || this.#pumping) return;
    if (!this.#finalizing && !course.standing.waits) {
      this.#finalizing = true;
      skipTheRest(course);
      const open = course.readiness.startFinally().some((index) => course.results.at(index) === undefined);
      if (open && course.records.fault === undefined) {
        this.#pump();
        return;
      }
    }
    this.#end?.();
  }

  async #conclude(): Promise<RunResult> {
    const { input, startedAt } = this;
    const course = this.#course;
    await this.#keepFigures();
    const duration = course.now() - startedAt;
    const { partial } = input.start;
    const { state, reason } = await course.records.end(() => ({
      type: "run.finished",
      at: course.now(),
      state: course.standing.state,
      duration,
      reason: course.standing.reason,
      ...(partial === undefined ? {} : { partial }),
      ...(partial === undefined || input.owner === undefined ? {} : { owner: input.owner }),
    }));
    const { run, plan } = input;
    const nodes = course.results.byId(plan);
    return { run, pipeline: plan.pipeline, state, reason, startedAt, duration, nodes };
  }

  /** Later runs are compared with one that has passed as a whole, and of which all is on record. */
  async #keepFigures(): Promise<void> {
    const { input } = this;
    const course = this.#course;
    const { proposals } = this.#host;
    const isWhole = input.start.partial === undefined && input.start.only === undefined;
    if (!isWhole || proposals.size === 0 || course.standing.state !== "passed") return;
    await course.records.sync();
    if (course.records.fault !== undefined) return;
    try {
      await input.baselines.set(proposals);
    } catch (error) {
      course.warn(`the figures to compare the next run with could not be kept: ${messageOf(error)}`);
    }
  }
}
