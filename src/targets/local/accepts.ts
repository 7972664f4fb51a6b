import { unmetNeeds } from "../../model/unmet-needs.ts";
import type { DraftDeploy, TargetProblem } from "../../ports/index.ts";
import { problemsOf } from "../../util/problems-of.ts";
import { refuseOthers } from "./app.ts";
import type { LocalSpec } from "./spec.ts";

/** What keeps a deploy to this machine from ever working. */
export function acceptsLocal({ name }: LocalSpec, { app, strategy }: DraftDeploy): readonly TargetProblem[] {
  const offer = { counts: true, baseline: false, whole: false };
  return [
    ...problemsOf(() => {
      refuseOthers(app);
    }),
    ...unmetNeeds(strategy, name, offer),
  ];
}
