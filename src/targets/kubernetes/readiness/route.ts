import { at, conditionsOf, list, type LiveObject, text } from "./object.ts";
import { failed, failedForNow, ready, type Verdict, waiting } from "./verdict.ts";

/**
 * A route hangs on each of its parents when that has taken its newest form. Who has answered for a parent that it has no
 * more is not asked: nobody need take such an answer back, and it never gets newer.
 *
 * Source: Gateway API v1, RouteStatus.parents.
 */
export function judgeRoute(object: LiveObject): Verdict {
  const answers = list(object, "status", "parents");
  const parents = list(object, "spec", "parentRefs");
  if (parents.length === 0) return waiting("it names no gateway");
  for (const parent of parents) {
    const own = answers.filter((answer) => isAbout(at(answer, "parentRef"), parent, object));
    const verdict = judgeParent(text(parent, "name"), own, object.metadata.generation ?? 0);
    if (verdict.state !== "ready") return verdict;
  }
  return ready("every gateway has accepted it");
}

function judgeParent(name: string, answers: readonly unknown[], generation: number): Verdict {
  if (answers.length === 0) return waiting(`gateway ${name} has not answered yet`);
  // A gateway that has got another controller keeps the answer of the one before.
  const answer = answers.find((one) => hasSeen(one, generation));
  if (answer === undefined) return waiting(`gateway ${name} has not seen the change yet`);
  const conditions = conditionsOf(answer, "conditions");
  const accepted = conditions.get("Accepted");
  if (accepted?.status === "False") return failed(`gateway ${name} refuses it: ${accepted.message}`);
  const refs = conditions.get("ResolvedRefs");
  // A controller may see the route before what is behind it, and says of the same generation first that there is nothing.
  if (refs?.status === "False") return failedForNow(`gateway ${name} finds no such backend: ${refs.message}`);
  if (accepted?.status !== "True") return waiting(`gateway ${name} has not accepted it yet`);
  return ready("it is accepted");
}

function hasSeen(answer: unknown, generation: number): boolean {
  return list(answer, "conditions").every((one) => {
    const observed = at(one, "observedGeneration");
    return typeof observed !== "number" || observed >= generation;
  });
}

/** What a parent's name leaves out may be filled in where it is answered, and the listener may be left out there. */
function isAbout(answered: unknown, parent: unknown, { metadata }: LiveObject): boolean {
  const full = (ref: unknown): readonly string[] => [
    text(ref, "kind") || "Gateway",
    text(ref, "namespace") || (metadata.namespace ?? ""),
    text(ref, "name"),
  ];
  const listener = text(answered, "sectionName");
  return (
    full(answered).join("/") === full(parent).join("/") &&
    (listener === "" || listener === text(parent, "sectionName"))
  );
}
