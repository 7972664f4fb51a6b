import type { Input } from "../model/index.ts";
import type { Check } from "./check/check.ts";
import { checkPatch } from "./check/patch.ts";
import { patchParts } from "./check/patch-rules.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { PATCH } from "./option-names.ts";
import type { PatchOptions } from "./patch.ts";

/** The port of an app that names none. */
const PORT = 8_080;

/** The patch as it stands in the Plan; notes what it may not say, and what there is nothing of to patch. */
export function resolvePatch(
  options: ClusterOptions,
  shared: { readonly replicas: Input<number>; readonly port: number | undefined },
  check: Check,
): PatchOptions | null {
  const patch = check.options("patch", options.patch, PATCH);
  if (patch === undefined) return null;
  for (const [name, part] of Object.entries(patchParts(shared.port ?? PORT))) {
    const value = patch[name as keyof PatchOptions];
    if (value === undefined) continue;
    const missing = whyNotMade(options, shared.replicas)[name as keyof PatchOptions];
    if (missing !== undefined) check.add(`patch.${name} has nothing to patch: ${missing}`);
    checkPatch(check, `patch.${name}`, value, part);
  }
  return patch;
}

/** Objects that the app is not made into. Where a ref says how many replicas there are, that is not known yet. */
function whyNotMade(
  { account, autoscale, disruption }: ClusterOptions,
  replicas: Input<number>,
): Partial<Record<keyof PatchOptions, string>> {
  const least = (autoscale as ClusterOptions["autoscale"] | null)?.min ?? replicas;
  return {
    ...(typeof account === "string" ? { account: "account names one that is there already" } : {}),
    ...(autoscale === undefined ? { autoscaler: "there is no autoscale" } : {}),
    ...(least === 1 ? { disruptionBudget: "one replica has no PodDisruptionBudget" } : {}),
    ...(disruption === false ? { disruptionBudget: "disruption is false" } : {}),
  };
}
