import { messageOf } from "../errors/index.ts";
import type { Failure } from "../model/index.ts";
import { isCancellation, type AttemptResult } from "./attempt.ts";
import type { Course } from "./course.ts";
import { isRetried, retryDelay, toFailure } from "./failure.ts";
import type { NodeRun } from "./node-run.ts";
import { abortRunning, halt } from "./stopping.ts";

/** Records how an attempt ended, and lets go what it held and what waited for it. */
export function attemptEnded(course: Course, run: NodeRun, result: AttemptResult): void {
  const { node, index } = run;
  const at = course.now();
  const duration = at - run.began;
  course.busy--;
  course.running.delete(index);
  course.resources.release(node);
  switch (result.kind) {
    case "succeeded":
      succeeded(course, run, result, at, duration);
      return;
    case "suspended":
      course.results.set(index, { state: "suspended", reason: result.reason });
      course.standing.suspended(`${node.id}: ${result.reason}`);
      course.records.add({ type: "node.suspended", at, node: node.id, reason: result.reason });
      return;
    case "failed":
      attemptFailed(course, run, result.error, at, duration);
  }
}

type Succeeded = Extract<AttemptResult, { kind: "succeeded" }>;

function succeeded(course: Course, run: NodeRun, result: Succeeded, at: number, duration: number): void {
  const { node, index, attempt, proposal } = run;
  const { output, artifacts, from } = result;
  const flaky = attempt > 1;
  const origin = from === undefined ? undefined : { from };
  const kept = { state: "succeeded", output, artifacts, attempts: attempt, duration, flaky } as const;
  course.results.set(index, origin === undefined ? kept : { ...kept, ...origin });
  course.records.add({
    type: "node.succeeded",
    at,
    node: node.id,
    attempt,
    duration,
    flaky,
    ...(output === undefined ? {} : { output }),
    ...(artifacts.length === 0 ? {} : { artifacts }),
    ...(proposal === undefined ? {} : { baseline: proposal }),
    ...origin,
  });
  course.readiness.ended(index);
}

function attemptFailed(course: Course, run: NodeRun, error: unknown, at: number, duration: number): void {
  const { node, index, attempt, abortReason } = run;
  if (isCancellation(abortReason)) {
    const reason = messageOf(abortReason);
    course.results.set(index, { state: "cancelled", reason, duration });
    course.records.add({ type: "node.cancelled", at, node: node.id, duration, reason });
    if (course.inFinally(index)) course.readiness.ended(index);
    return;
  }
  const failure = toFailure(error, node, (text) => course.input.masking.mask(text));
  course.results.set(index, { state: "failed", failure, attempts: attempt, duration });
  const more = attempt < node.retry.attempts && isRetried(failure, node.retry.on);
  const stopping = course.standing.halted !== undefined && !course.inFinally(index);
  if (more && !stopping && course.records.fault === undefined) backOff(course, run, failure, duration);
  else failed(course, run, failure, duration);
}

function backOff(course: Course, run: NodeRun, failure: Failure, duration: number): void {
  const { node, index, attempt } = run;
  const delay = retryDelay(node, attempt, course.input.random);
  course.records.add({ type: "node.retrying", at: course.now(), node: node.id, attempt, delay, failure });
  course.busy++;
  course.backoffs.wait(index, delay, (again) => {
    course.busy--;
    if (again) course.resources.enqueue(index);
    else failed(course, run, failure, duration);
    course.pump();
  });
}

function failed(course: Course, { node, index, attempt }: NodeRun, failure: Failure, duration: number): void {
  course.records.add({ type: "node.failed", at: course.now(), node: node.id, attempt, duration, failure });
  course.standing.failed(`${node.id} failed: ${failure.message.split("\n", 1)[0] ?? ""}`);
  if (course.inFinally(index)) {
    course.readiness.ended(index);
    return;
  }
  halt(course, `${node.id} failed`);
  if (course.stage(index)?.onFailure === "cancel") abortRunning(course, `${node.id} failed`, false);
}
