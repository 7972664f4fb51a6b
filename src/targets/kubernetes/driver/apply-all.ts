import type { KubeObject } from "../api/types.ts";
import { explainFault } from "../apply/explain.ts";
import { inWaves } from "../apply/order.ts";
import { type Problem, refusal } from "../apply/problems.ts";
import { MANAGER } from "../release/types.ts";
import { refOf } from "../apply/refs.ts";
import type { Session } from "./session.ts";

/** Applies objects in their order; those of one wave together. */
export async function applyAll(session: Session, objects: readonly KubeObject[]): Promise<void> {
  const { api, force, guard, forward } = session;
  for (const wave of inWaves(objects)) {
    forward.throwIfAborted();
    await guard();
    await Promise.all(wave.objects.map((object) => api.apply(object, { manager: MANAGER, force })));
  }
}

/** Has the server check objects without changing anything. Throws one error with all that is wrong. */
export async function tryAll(session: Session, objects: readonly KubeObject[]): Promise<void> {
  const { api, force, mask } = session;
  const answers = await Promise.allSettled(
    objects.map((object) => api.apply(object, { manager: MANAGER, force, dryRun: true })),
  );
  const problems: Problem[] = [];
  for (const [index, answer] of answers.entries()) {
    const object = objects[index];
    if (answer.status === "fulfilled" || object === undefined) continue;
    const problem = explainFault(refOf(object), answer.reason);
    if (problem === undefined) throw answer.reason;
    problems.push({ ...problem, text: mask(problem.text) });
  }
  if (problems.length > 0) throw refusal(problems, "nothing was changed");
}
