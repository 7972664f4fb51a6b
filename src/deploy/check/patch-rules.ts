import { ACCOUNT_KEYS, POD_KEYS, SERVICE_KEYS, type MergeKeys } from "../../util/strategic-merge.ts";
import type { PatchOptions } from "../patch.ts";

/** What a patch may not say, and why. Items of lists stand by their merge key. */
export interface PatchRule {
  readonly path: readonly (string | RegExp)[];
  readonly why: string;
}

/** How the patch of one object is looked at. */
export interface PatchPart {
  readonly keys: MergeKeys;
  readonly rules: readonly PatchRule[];
}

const OURS = "is Sluice's: releases are found by it";
const SELECTOR = "is Sluice's: requests and replicas go by it";

const COMMON: readonly PatchRule[] = [
  { path: ["kind"], why: "is Sluice's: it says what is patched" },
  { path: ["apiVersion"], why: "is Sluice's: it says what is patched" },
  { path: ["metadata", "name"], why: "is Sluice's: call the app something else by name" },
  { path: ["metadata", "namespace"], why: "is Sluice's: the target says which" },
  { path: ["metadata", "labels", /^sluice\.dev\/|^app\.kubernetes\.io\/(?:name|managed-by)$/], why: OURS },
  { path: ["metadata", "annotations", /^sluice\.dev\//], why: OURS },
];

/** For every object that can be patched; `port` is the one that the app listens on. */
export function patchParts(port: number): Readonly<Record<keyof PatchOptions, PatchPart>> {
  const part = (keys: MergeKeys, ...rules: readonly PatchRule[]): PatchPart => ({
    keys,
    rules: [...COMMON, ...rules],
  });
  const app = ["spec", "containers", "app"];
  return {
    pod: part(
      POD_KEYS,
      { path: [...app, "image"], why: "is the one that has passed the gates: give it by image" },
      { path: [...app, "ports", String(port), "name"], why: 'is "http", by which the app is asked' },
      { path: [...app, "env", /^(?:PORT|SLUICE_.*)$/], why: "is set by the target" },
    ),
    deployment: part(
      {},
      { path: ["spec", "selector"], why: SELECTOR },
      { path: ["spec", "replicas"], why: "is set by the rollout: give it by replicas" },
      { path: ["spec", "paused"], why: "would keep every release from coming up" },
      { path: ["spec", "template"], why: "is patched by patch.pod" },
    ),
    service: part(
      SERVICE_KEYS,
      { path: ["spec", "selector"], why: SELECTOR },
      { path: ["spec", "ports", "80", "name"], why: 'is "http", by which the app is asked' },
    ),
    account: part(ACCOUNT_KEYS),
    autoscaler: part(
      {},
      { path: ["spec", "scaleTargetRef"], why: "is Sluice's: it follows the stable release" },
    ),
    disruptionBudget: part({}, { path: ["spec", "selector"], why: SELECTOR }),
  };
}
