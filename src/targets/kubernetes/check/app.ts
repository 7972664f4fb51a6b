import type { TargetCheck, TargetContext } from "../../../ports/index.ts";
import { fillTyped } from "../preview/fill.ts";
import { at } from "../readiness/object.ts";
import { appName, nameFromPipeline } from "../render/names.ts";
import { newSalt } from "../render/salt.ts";
import { renderService } from "../render/service.ts";
import type { KubernetesDeploySpec } from "../spec.ts";
import { failure } from "./failure.ts";

const what = "app";

/**
 * Whether a `service()` can be made objects of, as far as it is known before a run. `undefined` for an app of files, which
 * are looked at as such.
 */
export function checkApp(
  { app, target }: KubernetesDeploySpec,
  { pipeline }: Pick<TargetContext, "pipeline">,
): TargetCheck | undefined {
  if (app.kind !== "service") return undefined;
  try {
    const name = appName(app, target.app ?? nameFromPipeline(pipeline));
    const identity = { name, namespace: target.namespace ?? "default", target: target.name, pipeline };
    renderService(fillTyped(app, undefined).app, identity, { salt: newSalt() });
    const late = lateFiles(app);
    if (late.length > 0) return { what, state: "skipped", detail: late.join("; ") };
    return { what, state: "ok", detail: `${name} can be rendered` };
  } catch (error) {
    return failure(what, error);
  }
}

/** The config files that a job gives: what stands in them is not known yet. */
function lateFiles({ spec, unknown = {} }: KubernetesDeploySpec["app"]): readonly string[] {
  const files = at(spec, "cluster", "config", "files") ?? {};
  return Object.entries(files).flatMap(([path, text]) => {
    const source = typeof text === "string" ? unknown[text] : undefined;
    return source === undefined ? [] : [`${path} will come from ${source}`];
  });
}
