import type { Plan, RunEvent, RunState, RunSummary } from "../../../src/model/index.ts";
import { SUMMARY_VERSION } from "../../../src/model/index.ts";
import type { RunRecorder, RunStore } from "../../../src/ports/index.ts";
import { ownOwner } from "../../../src/stores/_shared/owner.ts";
import { planOf } from "../../fixtures/engine-run.ts";

/** Makes stores that hold the same runs, each as one more machine would open it. All of one call belong together. */
export type StoreMachines = () => Promise<() => Promise<RunStore>>;

export const plan: Plan = planOf((p) => {
  p.stage("a").job("x", () => 1);
});
export const otherPlan: Plan = planOf((p) => {
  p.stage("a").job("y", () => 1);
});

export const started = (run: string, at = 1_000): RunEvent => ({
  type: "run.started",
  at,
  run,
  pipeline: plan.pipeline,
  fingerprint: plan.fingerprint,
  params: {},
  nodes: 1,
  commit: null,
  branch: null,
  owner: ownOwner(),
});

export const finished = (state: RunState, at = 2_000): RunEvent => ({
  type: "run.finished",
  at,
  state,
  duration: 1_000,
  reason: `it ${state}`,
});

/** The end of a process that ran a part of a run. */
export const finishedPart = (at: number): RunEvent => ({
  ...finished("passed", at),
  ...{ partial: true, owner: ownOwner() },
});

export const succeeded = (node: string, output: number): RunEvent => ({
  type: "node.succeeded",
  at: 1_500,
  node,
  attempt: 1,
  duration: 2,
  flaky: false,
  output,
});

export const warned = (message: string): RunEvent => ({ type: "warning", at: 1_600, message });

export const summaryOf = (run: string, startedAt: number): RunSummary => ({
  version: SUMMARY_VERSION,
  run,
  pipeline: "test",
  fingerprint: "sha256:0",
  commit: null,
  branch: null,
  dirty: null,
  state: "passed",
  reason: "all passed",
  startedAt,
  duration: 5,
  nodes: {},
});

/** Writes events and closes. */
export async function record(recorder: RunRecorder, ...events: RunEvent[]): Promise<void> {
  for (const event of events) recorder.append(event);
  await recorder.sync();
  await recorder.close();
}

export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
