import type {
  NodeEvent,
  NodeResult,
  NodeStarted,
  NodeState,
  Plan,
  RunEvent,
  RunResult,
  RunStarted,
} from "../../model/index.ts";
import { unreachable } from "../../util/unreachable.ts";
import { createNodeView, type NodeView } from "./node-view.ts";
import { applyRollout } from "./rollout-view.ts";

export type Counts = Record<NodeState, number>;

export interface StageView {
  readonly name: string;
  readonly nodes: readonly NodeView[];
  readonly counts: Counts;
  startedAt: number | undefined;
  endedAt: number | undefined;
}

/** A run as its events tell it so far. Taking in an event costs the same however many nodes there are. */
export class RunView {
  readonly plan: Plan;
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly stages: readonly StageView[];
  readonly counts: Counts = createCounts();
  readonly warnings: { readonly node: string | undefined; readonly message: string }[] = [];
  started: RunStarted | undefined;
  readonly #stageOf = new Map<NodeView, StageView>();

  constructor(plan: Plan) {
    this.plan = plan;
    this.nodes = new Map(plan.nodes.map((node) => [node.id, createNodeView(node)]));
    this.stages = plan.stages.map((stage) => {
      const nodes = stage.nodes.map((id) => this.nodes.get(id)).filter((node) => node !== undefined);
      const view = {
        name: stage.name,
        nodes,
        counts: createCounts(),
        startedAt: undefined,
        endedAt: undefined,
      };
      view.counts.pending = nodes.length;
      for (const node of nodes) this.#stageOf.set(node, view);
      return view;
    });
    this.counts.pending = this.nodes.size;
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case "run.started":
        this.started = event;
        return;
      case "run.finished":
      case "node.log":
        return;
      case "warning":
        this.warnings.push({ node: event.node, message: event.message });
        return;
      default: {
        const node = this.nodes.get(event.node);
        if (node !== undefined) this.#applyTo(node, event);
      }
    }
  }

  /** Takes from the result what no event told, as for nodes that an earlier run has done. */
  finish(result: RunResult): void {
    for (const [id, end] of result.nodes) {
      const node = this.nodes.get(id);
      if (node !== undefined && node.state !== end.state) this.#applyResult(node, end);
    }
  }

  #applyTo(node: NodeView, event: NodeEvent): void {
    switch (event.type) {
      case "node.ready":
        this.#move(node, "ready");
        return;
      case "node.started":
        this.#begin(node, event);
        return;
      case "node.retrying":
        this.#move(node, "ready");
        node.failure = event.failure;
        node.retryAt = event.at + event.delay;
        return;
      case "node.succeeded":
        this.#end(node, "succeeded", event.at, event.duration);
        node.flaky = event.flaky;
        node.from = event.from;
        node.failure = undefined;
        return;
      case "node.failed":
        this.#end(node, "failed", event.at, event.duration);
        node.failure = event.failure;
        return;
      case "node.skipped":
        this.#end(node, "skipped", event.at, undefined);
        node.reason = event.reason.text;
        return;
      case "node.cancelled":
        this.#end(node, "cancelled", event.at, event.duration);
        node.reason = event.reason;
        return;
      case "node.suspended":
        this.#end(node, "suspended", event.at, undefined);
        node.reason = event.reason;
        return;
      case "artifact.stored":
        node.artifacts.push(event.artifact);
        return;
      case "gate.judged":
        node.verdict = event;
        return;
      case "cache.checked":
      case "gate.decided":
      case "tests.reported":
        return;
      case "gate.waiting":
        node.question = event.question;
        return;
      case "node.log":
        return;
      case "rollout.started":
      case "rollout.weight":
      case "rollout.analysis":
      case "rollout.promoted":
      case "rollout.aborting":
      case "rollout.aborted":
      case "rollout.held":
        applyRollout(node, event);
        return;
      default:
        unreachable(event);
    }
  }

  #begin(node: NodeView, event: NodeStarted): void {
    this.#move(node, "running");
    node.attempt = event.attempt;
    node.startedAt = event.at;
    node.firstStartedAt ??= event.at;
    node.retryAt = undefined;
    const stage = this.#stageOf.get(node);
    if (stage !== undefined) stage.startedAt ??= event.at;
  }

  #applyResult(node: NodeView, end: NodeResult): void {
    this.#move(node, end.state);
    if ("duration" in end) node.duration = end.duration;
    if (end.state === "failed") node.failure = end.failure;
    if (end.state === "succeeded") {
      node.flaky = end.flaky;
      node.from = end.from;
    }
    if (end.state === "cancelled" || end.state === "suspended") node.reason = end.reason;
    if (end.state === "skipped") node.reason = end.reason.text;
  }

  #end(node: NodeView, state: NodeState, at: number, duration: number | undefined): void {
    this.#move(node, state);
    node.endedAt = at;
    node.duration = duration;
    node.question = undefined;
    node.retryAt = undefined;
    const stage = this.#stageOf.get(node);
    if (stage !== undefined) stage.endedAt = at;
  }

  #move(node: NodeView, state: NodeState): void {
    const stage = this.#stageOf.get(node);
    this.counts[node.state]--;
    this.counts[state]++;
    if (stage !== undefined) {
      stage.counts[node.state]--;
      stage.counts[state]++;
    }
    node.state = state;
  }
}

function createCounts(): Counts {
  return {
    pending: 0,
    ready: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    suspended: 0,
  };
}
