import { SluiceError } from "../errors/index.ts";
import type {
  Artifact,
  Failure,
  Json,
  NodeEvent,
  NodeResult,
  PlanNode,
  PlanStage,
  ResultOrigin,
  RunResult,
  RunState,
  SkipReason,
} from "../model/index.ts";
import type { Progress } from "../ports/index.ts";
import { attempt, isCancellation, type AttemptResult } from "./attempt.ts";
import { Backoffs } from "./backoffs.ts";
import { isRetried, retryDelay, toFailure } from "./failure.ts";
import { buildGraph, type Graph } from "./graph.ts";
import { NodeRun, type NodeHost } from "./node-run.ts";
import { Readiness } from "./readiness.ts";
import { Records } from "./records.ts";
import type { Values } from "./resolve.ts";
import { Resources } from "./resources.ts";
import { skipReason, stoppedReason } from "./skipping.ts";
import { Standing } from "./standing.ts";
import type { EngineInput, PriorNode } from "./types.ts";

/**
 * Runs one Plan once. Work is driven by counts per node and stage, so that its cost grows with nodes and edges only;
 * a node whose work ends in the same turn (a plain function) costs no promise.
 */
export class Engine implements NodeHost, Values {
  readonly input: EngineInput;
  readonly #graph: Graph;
  readonly #readiness: Readiness;
  readonly #resources: Resources;
  readonly #backoffs: Backoffs;
  readonly #records: Records;
  readonly #standing = new Standing();
  readonly #results: (NodeResult | undefined)[];
  readonly #running = new Map<number, NodeRun>();
  readonly #proposals = new Map<string, Json>();
  readonly startedAt: number;
  /** Launched or backing off, and not yet ended. */
  #busy = 0;
  #finalizing = false;
  #pumping = false;
  #end: (() => void) | undefined;

  constructor(input: EngineInput) {
    this.input = input;
    this.#graph = buildGraph(input.plan);
    this.#readiness = new Readiness(this.#graph, input.plan);
    this.#resources = new Resources(input.concurrency);
    this.#backoffs = new Backoffs(input.clock);
    this.#records = new Records(input, (fault) => {
      this.#standing.failed(fault.message);
      this.#halt(fault.message);
      this.#abortRunning(fault.message, true);
    });
    this.#results = new Array<NodeResult | undefined>(this.#graph.count);
    this.startedAt = input.startedAt ?? input.clock.now();
    for (const [node, value] of input.proposals) this.#proposals.set(this.#baselineKey(node), value);
  }

  /** Runs to the end. Rejects for nothing that a node does. */
  async run(): Promise<RunResult> {
    const { input } = this;
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    const onAbort = (): void => {
      this.#cancel(textOf(input.signal.reason));
    };
    this.#records.add({
      type: "run.started",
      at: this.startedAt,
      run: input.run,
      pipeline: input.plan.pipeline,
      fingerprint: input.plan.fingerprint,
      params: input.masking.maskJson(input.plan.params) as typeof input.plan.params,
      nodes: input.selection?.size ?? input.plan.nodes.length,
      commit: input.commit,
      branch: input.branch,
      ...(input.owner === undefined ? {} : { owner: input.owner }),
      ...(input.resumed ? { resumed: true } : {}),
    });
    for (const message of input.warnings) this.#warn(message);
    this.#leaveOutside();
    this.#readiness.start();
    input.signal.addEventListener("abort", onAbort, { once: true });
    if (input.signal.aborted) onAbort();
    this.#pump();
    await ended;
    input.signal.removeEventListener("abort", onAbort);
    return await this.#conclude();
  }

  // What nodes and specs ask for.

  outcome(index: number): RunState | undefined {
    return this.#inFinally(index) ? this.#standing.state : undefined;
  }

  progress(node: PlanNode, event: Progress): void {
    const shown =
      this.input.secrets.size === 0 ? event : this.input.masking.maskJson(event as unknown as Json);
    this.#records.add({ ...(shown as object), node: node.id, at: this.input.clock.now() } as NodeEvent);
  }

  recorded(): Promise<void> | undefined {
    return this.#records.sync();
  }

  printed(node: PlanNode, stream: "stdout" | "stderr", chunk: Uint8Array): void | Promise<void> {
    return this.input.listen({ type: "node.log", at: this.input.clock.now(), node: node.id, stream, chunk });
  }

  propose(node: PlanNode, value: Json): Json {
    const kept = this.input.masking.maskJson(value);
    this.#proposals.set(this.#baselineKey(node.id), kept);
    return kept;
  }

  output(node: string): Json | undefined {
    const result = this.#resultOf(node);
    return result?.state === "succeeded" ? result.output : undefined;
  }

  artifact(node: string, name: string): Artifact | undefined {
    const result = this.#resultOf(node);
    return result?.state === "succeeded" ? result.artifacts.find((one) => one.name === name) : undefined;
  }

  artifacts(node: string): readonly Artifact[] {
    const result = this.#resultOf(node);
    return result?.state === "succeeded" ? result.artifacts : [];
  }

  secret(name: string): string {
    const value = this.input.secrets.get(name);
    if (value === undefined)
      throw new SluiceError("SECRET_MISSING", `secret "${name}" was not resolved for this run`);
    return value;
  }

  // Starting nodes.

  /** Nodes that were not asked for count as ended, with what an earlier process left of them. */
  #leaveOutside(): void {
    const { selection, prior, plan } = this.input;
    if (selection === undefined) return;
    plan.nodes.forEach((node, index) => {
      if (selection.has(node.id)) return;
      const left = prior.get(node.id);
      if (left === undefined) {
        const reason: SkipReason = { kind: "selection", text: "not among the nodes asked for" };
        this.#results[index] = { state: "skipped", reason };
      } else {
        const from = this.#carriedOver(node, left);
        this.#results[index] = {
          state: "succeeded",
          // Read from its journal when somebody wants it.
          get output() {
            return left.output;
          },
          artifacts: left.artifacts,
          attempts: 0,
          duration: 0,
          flaky: false,
          ...from,
        };
      }
      this.#readiness.ended(index);
    });
  }

  /** What another run has left is recorded in this one, which can then be gone on with by itself. */
  #carriedOver(node: PlanNode, left: PriorNode): { readonly from?: ResultOrigin } {
    const { carried } = this.input;
    if (carried === undefined) return {};
    const { output, artifacts } = left;
    const from = { kind: "run", run: carried } as const;
    for (const decision of this.input.decisions.get(node.id) ?? [])
      this.#records.add({ type: "gate.decided", node: node.id, ...decision });
    const baseline = this.input.proposals.get(node.id);
    this.#records.add({
      type: "node.succeeded",
      at: this.input.clock.now(),
      node: node.id,
      attempt: 0,
      duration: 0,
      flaky: false,
      from,
      ...(output === undefined ? {} : { output }),
      ...(artifacts.length === 0 ? {} : { artifacts }),
      ...(baseline === undefined ? {} : { baseline }),
    });
    return { from };
  }

  /** Starts all that can start. Never recursive: what ends at once only adds to the queues read here. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    do {
      for (let next = this.#readiness.next(); next !== -1; next = this.#readiness.next())
        this.#consider(next);
    } while (this.#launchNext());
    // What has ended must be on record before this process waits for anything.
    const committed = this.#records.commit();
    this.#pumping = false;
    if (committed === undefined) {
      this.#checkEnd();
      return;
    }
    this.#busy++;
    void committed.then(() => {
      this.#busy--;
      this.#checkEnd();
    });
  }

  /** Everything that a node waits for has ended: decides whether it runs. */
  #consider(index: number): void {
    // What a stop left unstarted is skipped, with its reason, when the run winds down.
    if (this.#standing.halted !== undefined && !this.#inFinally(index)) return;
    const node = this.#node(index);
    let skip: SkipReason | undefined;
    try {
      skip = skipReason(node, this.#stage(index), (id) => this.#resultOf(id), this.input.leaf, this);
    } catch (error) {
      // A condition that cannot be judged must not look like one that does not hold.
      const why = `the condition of ${node.id} could not be judged: ${textOf(error)}`;
      this.#standing.failed(why);
      this.#halt(why);
      skip = { kind: "stopped", text: why };
    }
    if (skip !== undefined) this.#skip(index, skip);
    else {
      this.#records.add({ type: "node.ready", at: this.input.clock.now(), node: node.id });
      this.#resources.enqueue(index);
    }
  }

  /** Starts all nodes for which there is room, after one commit of their records. False where there is none. */
  #launchNext(): boolean {
    const { nodes } = this.input.plan;
    const batch: NodeRun[] = [];
    for (let index = this.#resources.take(nodes); index !== -1; index = this.#resources.take(nodes)) {
      batch.push(this.#begin(index));
    }
    if (batch.length === 0) return false;
    const committed = batch.some((run) => reachesOut(run, this.input))
      ? this.#records.sync()
      : this.#records.commit();
    if (committed === undefined) this.#attemptAll(batch);
    else {
      void committed.then(() => {
        this.#attemptAll(batch);
        this.#pump();
      });
    }
    return true;
  }

  #begin(index: number): NodeRun {
    const node = this.#node(index);
    const before = this.#results[index];
    const number = before?.state === "failed" ? before.attempts + 1 : 1;
    const run = new NodeRun(this, node, index, number, this.input.clock.now());
    this.#busy++;
    this.#running.set(index, run);
    this.#records.add({ type: "node.started", at: run.began, node: node.id, attempt: number });
    return run;
  }

  #attemptAll(batch: readonly NodeRun[]): void {
    for (const run of batch) {
      const stopped = run.abortReason ?? this.#records.fault;
      if (stopped === undefined) this.#attempt(run);
      else this.#ended(run, { kind: "failed", error: stopped });
    }
  }

  #attempt(run: NodeRun): void {
    const compiled = this.input.nodes[run.index];
    if (compiled === undefined)
      throw new SluiceError("INTERNAL", `node ${run.node.id} has nothing that runs it`);
    attempt(compiled, run, this, this.input, (result) => {
      this.#ended(run, result);
      this.#pump();
    });
  }

  // Ends of nodes.

  #ended(run: NodeRun, result: AttemptResult): void {
    const { node, index } = run;
    const at = this.input.clock.now();
    const duration = at - run.began;
    this.#busy--;
    this.#running.delete(index);
    this.#resources.release(node);
    switch (result.kind) {
      case "succeeded": {
        const { output, artifacts } = result;
        const flaky = run.attempt > 1;
        const origin = result.from === undefined ? undefined : { from: result.from };
        this.#results[index] = {
          state: "succeeded",
          output,
          artifacts,
          attempts: run.attempt,
          duration,
          flaky,
          ...origin,
        };
        this.#records.add({
          type: "node.succeeded",
          at,
          node: node.id,
          attempt: run.attempt,
          duration,
          flaky,
          ...(output === undefined ? {} : { output }),
          ...(artifacts.length === 0 ? {} : { artifacts }),
          ...(run.proposal === undefined ? {} : { baseline: run.proposal }),
          ...origin,
        });
        this.#readiness.ended(index);
        return;
      }
      case "suspended":
        this.#results[index] = { state: "suspended", reason: result.reason };
        this.#standing.suspended(`${node.id}: ${result.reason}`);
        this.#records.add({ type: "node.suspended", at, node: node.id, reason: result.reason });
        return;
      case "failed":
        this.#failedAttempt(run, result.error, at, duration);
    }
  }

  #failedAttempt(run: NodeRun, error: unknown, at: number, duration: number): void {
    const { node, index } = run;
    if (isCancellation(run.abortReason)) {
      const reason = textOf(run.abortReason);
      this.#results[index] = { state: "cancelled", reason, duration };
      this.#records.add({ type: "node.cancelled", at, node: node.id, duration, reason });
      if (this.#inFinally(index)) this.#readiness.ended(index);
      return;
    }
    const failure = toFailure(error, node, (text) => this.input.masking.mask(text));
    this.#results[index] = { state: "failed", failure, attempts: run.attempt, duration };
    const more = run.attempt < node.retry.attempts && isRetried(failure, node.retry.on);
    const stopping = this.#standing.halted !== undefined && !this.#inFinally(index);
    if (more && !stopping && this.#records.fault === undefined) this.#backOff(run, failure, duration);
    else this.#failed(run, failure, duration);
  }

  #backOff(run: NodeRun, failure: Failure, duration: number): void {
    const { node, index } = run;
    const delay = retryDelay(node, run.attempt, this.input.random);
    const at = this.input.clock.now();
    this.#records.add({ type: "node.retrying", at, node: node.id, attempt: run.attempt, delay, failure });
    this.#busy++;
    this.#backoffs.wait(index, delay, (again) => {
      this.#busy--;
      if (again) this.#resources.enqueue(index);
      else this.#failed(run, failure, duration);
      this.#pump();
    });
  }

  #failed({ node, index, attempt: number }: NodeRun, failure: Failure, duration: number): void {
    const at = this.input.clock.now();
    this.#records.add({ type: "node.failed", at, node: node.id, attempt: number, duration, failure });
    this.#standing.failed(`${node.id} failed: ${failure.message.split("\n", 1)[0] ?? ""}`);
    if (this.#inFinally(index)) {
      this.#readiness.ended(index);
      return;
    }
    this.#halt(`${node.id} failed`);
    if (this.#stage(index)?.onFailure === "cancel") this.#abortRunning(`${node.id} failed`, false);
  }

  #skip(index: number, reason: SkipReason): void {
    this.#results[index] = { state: "skipped", reason };
    this.#records.add({
      type: "node.skipped",
      at: this.input.clock.now(),
      node: this.#node(index).id,
      reason,
    });
    if (reason.kind !== "stopped") this.#readiness.ended(index);
  }

  // The end of the run.

  /** Starts nothing more but the finally stage. What runs goes on. */
  #halt(why: string): void {
    if (this.#standing.halted !== undefined) return;
    this.#standing.halted = why;
    this.#resources.clear();
    this.#readiness.clear();
    this.#backoffs.giveUp();
  }

  #cancel(reason: string): void {
    if (!this.#standing.cancelled(reason)) return;
    this.#halt(reason);
    this.#abortRunning(reason, false);
    this.#pump();
  }

  #abortRunning(why: string, alsoFinally: boolean): void {
    for (const [index, run] of [...this.#running]) {
      if (alsoFinally || !this.#inFinally(index)) run.abort(new SluiceError("CANCELLED", why));
    }
  }

  #checkEnd(): void {
    if (this.#busy > 0 || this.#pumping) return;
    if (!this.#finalizing && !this.#standing.waits) {
      this.#finalizing = true;
      this.#skipTheRest();
      const open = this.#readiness.startFinally().filter((index) => this.#results[index] === undefined);
      if (open.length > 0 && this.#records.fault === undefined) {
        this.#pump();
        return;
      }
    }
    this.#end?.();
  }

  #skipTheRest(): void {
    const { halted } = this.#standing;
    if (halted === undefined) return;
    for (let index = 0; index < this.#graph.count; index++) {
      if (this.#results[index] !== undefined || this.#inFinally(index)) continue;
      this.#skip(
        index,
        stoppedReason(this.#node(index), (id) => this.#resultOf(id), halted),
      );
    }
    this.#readiness.clear();
  }

  async #conclude(): Promise<RunResult> {
    const { input } = this;
    const { state } = this.#standing;
    if (state === "passed" && this.#proposals.size > 0) {
      try {
        await input.baselines.set(this.#proposals);
      } catch (error) {
        this.#warn(`the figures to compare the next run with could not be kept: ${textOf(error)}`);
      }
    }
    const duration = input.clock.now() - this.startedAt;
    const { reason } = this.#standing;
    this.#records.add({ type: "run.finished", at: input.clock.now(), state, duration, reason });
    await this.#records.sync();
    const nodes = new Map<string, NodeResult>();
    input.plan.nodes.forEach((node, index) => {
      const result = this.#results[index];
      if (result !== undefined) nodes.set(node.id, result);
    });
    const { run, plan } = input;
    return { run, pipeline: plan.pipeline, state, reason, startedAt: this.startedAt, duration, nodes };
  }

  #warn(message: string): void {
    this.#records.add({ type: "warning", at: this.input.clock.now(), message });
  }

  #resultOf(id: string): NodeResult | undefined {
    return this.#results[this.#graph.indexOf.get(id) ?? -1];
  }

  #baselineKey(node: string): string {
    return `${this.input.plan.pipeline}/${node}`;
  }

  #inFinally(index: number): boolean {
    return this.#stage(index)?.finally === true;
  }

  #stage(index: number): PlanStage | undefined {
    return this.input.plan.stages[this.#graph.stageOf[index] ?? 0];
  }

  #node(index: number): PlanNode {
    return this.input.plan.nodes[index] as PlanNode;
  }
}

/** Whether it acts on something besides this process, so that its start must be on disk before it begins. */
function reachesOut({ node }: NodeRun, { cache }: EngineInput): boolean {
  // A job that is looked up first does nothing until it is known that it must run; see `throughCache`.
  if (node.cache !== null && cache !== undefined) return false;
  return node.effects || (node.kind === "job" && node.uses !== "function");
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
