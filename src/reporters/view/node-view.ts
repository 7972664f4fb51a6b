import type {
  Artifact,
  Failure,
  Figure,
  NodeState,
  PlanNode,
  Release,
  ResultOrigin,
  RolloutStarted,
  SignalReport,
} from "../../model/index.ts";

/** What a reader needs to know of one node at this moment. */
export interface NodeView {
  readonly plan: PlanNode;
  state: NodeState;
  attempt: number;
  /** When the running attempt began. */
  startedAt: number | undefined;
  /** When the node began first, for the time that it took in all. */
  firstStartedAt: number | undefined;
  endedAt: number | undefined;
  /** Milliseconds, of the last attempt. */
  duration: number | undefined;
  flaky: boolean;
  /** Where its result comes from, where it was not made by running it now. */
  from: ResultOrigin | undefined;
  /** Why it failed; of the last attempt while a retry is due. */
  failure: Failure | undefined;
  /** Why it was skipped, cancelled or suspended. */
  reason: string | undefined;
  /** When the next attempt begins, while one is due. */
  retryAt: number | undefined;
  question: string | undefined;
  verdict:
    { readonly ok: boolean; readonly summary: string; readonly figures: readonly Figure[] } | undefined;
  rollout: RolloutView | undefined;
  artifacts: Artifact[];
}

export interface RolloutView {
  readonly target: string;
  readonly strategy: RolloutStarted["strategy"];
  readonly revision: number;
  readonly from: number | undefined;
  phase: "running" | "promoted" | "aborted" | "held";
  weight: number;
  step: number;
  steps: number;
  signals: readonly SignalReport[];
  reason: string | undefined;
  restored: number | undefined;
  release: Release | undefined;
}

export function createNodeView(plan: PlanNode): NodeView {
  return {
    plan,
    state: "pending",
    attempt: 0,
    startedAt: undefined,
    firstStartedAt: undefined,
    endedAt: undefined,
    duration: undefined,
    flaky: false,
    from: undefined,
    failure: undefined,
    reason: undefined,
    retryAt: undefined,
    question: undefined,
    verdict: undefined,
    rollout: undefined,
    artifacts: [],
  };
}
