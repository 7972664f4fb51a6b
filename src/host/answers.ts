import type { ConditionAnswer } from "../model/index.ts";
import type { RecordedRun } from "../ports/index.ts";

/**
 * How the conditions about the commit were answered when the run began. They stand until it has ended, wherever that is: a
 * run that was started for a tag is one for that tag, also where it is gone on with without it. With `base`, what has changed
 * is asked again.
 */
export function recordedAnswers(
  recorded: RecordedRun | undefined,
  base: string | undefined,
): readonly ConditionAnswer[] {
  const began = recorded?.events.findLast(
    (event) => event.type === "run.started" && event.answers !== undefined,
  );
  const answers = began?.type === "run.started" ? (began.answers ?? []) : [];
  return base === undefined ? answers : answers.filter(({ condition }) => condition.kind !== "change");
}
