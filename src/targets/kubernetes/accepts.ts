import { unmetNeeds } from "../../model/unmet-needs.ts";
import type { DraftDeploy, TargetProblem } from "../../ports/index.ts";
import { problemsOf } from "../../util/problems-of.ts";
import { appName, nameFromPipeline } from "./render/names.ts";
import { refuseFiles } from "./render/reading.ts";
import type { KubernetesSpec } from "./spec.ts";

/** What keeps a deploy to a cluster from ever working, whatever the cluster says. */
export function acceptsKubernetes(
  target: KubernetesSpec,
  { pipeline, app, strategy }: DraftDeploy,
): readonly TargetProblem[] {
  const isService = app.kind === "service";
  const spec = (app.spec ?? {}) as Readonly<Record<string, unknown>>;
  // Of a name that a job gives nothing is known.
  const isNamed = typeof (spec["name"] ?? spec["release"] ?? "") === "string";
  return [
    ...problemsOf(
      () => isNamed && appName(app, target.app ?? nameFromPipeline(pipeline)),
      () => {
        if (isService) refuseFiles(spec);
      },
    ),
    ...unmetNeeds(strategy, target.name, {
      counts: isService && target.counts !== null,
      baseline: isService,
      whole: !isService,
    }),
  ];
}
