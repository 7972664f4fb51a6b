import { SluiceError } from "../errors/index.ts";
import type { Course } from "./course.ts";
import { skip, stoppedReason } from "./skipping.ts";

/** Starts nothing more but the finally stage. What runs goes on. */
export function halt({ standing, resources, readiness, backoffs }: Course, why: string): void {
  if (standing.halted !== undefined) return;
  standing.halted = why;
  resources.clear();
  readiness.clear();
  backoffs.giveUp();
}

export function cancel(course: Course, reason: string): void {
  if (!course.standing.cancelled(reason)) return;
  halt(course, reason);
  abortRunning(course, reason, false);
  course.pump();
}

export function abortRunning(course: Course, why: string, alsoFinally: boolean): void {
  for (const [index, run] of [...course.running]) {
    if (alsoFinally || !course.inFinally(index)) run.abort(new SluiceError("CANCELLED", why));
  }
}

/** Gives every node that a stop left unstarted its reason. */
export function skipTheRest(course: Course): void {
  const { halted } = course.standing;
  if (halted === undefined) return;
  const { results } = course;
  for (let index = 0; index < course.graph.count; index++) {
    if (results.at(index) !== undefined || course.inFinally(index)) continue;
    skip(course, index, stoppedReason(course.node(index), results.of, halted));
  }
  course.readiness.clear();
}
