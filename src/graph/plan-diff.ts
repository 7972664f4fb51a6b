import type { Json, Plan, PlanNode, PlanStage } from "../model/index.ts";
import { canonicalJson } from "../util/canonical-json.ts";
import { brief } from "./command-text.ts";
import { type ChangeImpact, nodeParts, type Part, whenText } from "./plan-diff-parts.ts";
import { summaryOf } from "./summary.ts";

export type { ChangeImpact };

/** One difference between two Plans. */
export interface PlanChange {
  readonly scope: "pipeline" | "stage" | "node";
  /** The pipeline's name, the stage's name or the node's id. */
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  /** What of it changed, for example `command`, `needs`, `timeout`, `with.check.max`; null where it came or went. */
  readonly field: string | null;
  /** In words; null where there was nothing. */
  readonly before: string | null;
  readonly after: string | null;
  readonly impact: ChangeImpact;
}

/**
 * The differences between two Plans, by pipeline, stage and node, each field of a node by itself. Empty where both
 * say the same, wherever their nodes are declared (`source`).
 *
 * @example
 * ```ts
 * const changes = planDiff(recorded, current);
 * if (changes.some((change) => change.impact === "breaking")) throw refused(planDiffText(changes));
 * ```
 */
export function planDiff(before: Plan, after: Plan): readonly PlanChange[] {
  return [...pipelineChanges(before, after), ...stageChanges(before, after), ...nodeChanges(before, after)];
}

type Place = Pick<PlanChange, "scope" | "name">;

function pipelineChanges(before: Plan, after: Plan): readonly PlanChange[] {
  const place: Place = { scope: "pipeline", name: after.pipeline };
  const part = (field: "version" | "params" | "secrets" | "passEnv" | "pipeline"): Part => ({
    field: field === "pipeline" ? "name" : field,
    impact: "breaking",
    before: before[field],
    after: after[field],
  });
  const parts = [part("pipeline"), part("version"), part("params"), part("secrets"), part("passEnv")];
  return [
    ...changed(place, parts),
    ...changed(place, [
      orderPart("order of stages", before.stages.map(nameOf), after.stages.map(nameOf)),
      orderPart("order of nodes", before.nodes.map(idOf), after.nodes.map(idOf)),
    ]),
  ];
}

function nameOf(stage: PlanStage): string {
  return stage.name;
}

function idOf(node: PlanNode): string {
  return node.id;
}

/** The order of what both have: what came or went is reported by itself. */
function orderPart(field: string, before: readonly string[], after: readonly string[]): Part {
  const [old, now] = [new Set(before), new Set(after)];
  return {
    field,
    impact: "harmless",
    before: before.filter((name) => now.has(name)),
    after: after.filter((name) => old.has(name)),
  };
}

function stageChanges(before: Plan, after: Plan): readonly PlanChange[] {
  return paired(before.stages, after.stages, nameOf).flatMap(({ name, old, now }) => {
    const place: Place = { scope: "stage", name };
    if (old === undefined || now === undefined) return [cameOrWent(place, old, now, stageText)];
    return changed(place, [
      { field: "after", impact: "breaking", before: old.after, after: now.after },
      {
        field: "when",
        impact: "breaking",
        before: old.when,
        after: now.when,
        texts: [whenText(old.when), whenText(now.when)],
      },
      { field: "finally", impact: "breaking", before: old.finally, after: now.finally },
      { field: "onFailure", impact: "harmless", before: old.onFailure, after: now.onFailure },
      orderPart("order of nodes", old.nodes, now.nodes),
    ]);
  });
}

function stageText(stage: PlanStage): string {
  return `${stage.nodes.length} ${stage.nodes.length === 1 ? "node" : "nodes"}`;
}

function nodeChanges(before: Plan, after: Plan): readonly PlanChange[] {
  return paired(before.nodes, after.nodes, idOf).flatMap(({ name, old, now }) => {
    const place: Place = { scope: "node", name };
    if (old === undefined || now === undefined) return [cameOrWent(place, old, now, nodeText)];
    return changed(place, nodeParts(old, now));
  });
}

function nodeText(node: PlanNode): string {
  return `${node.kind}: ${summaryOf(node)}`;
}

interface Pair<T> {
  readonly name: string;
  readonly old: T | undefined;
  readonly now: T | undefined;
}

/** By key: those of the first list in its order, then those that only the second one has. */
function paired<T>(before: readonly T[], after: readonly T[], keyOf: (one: T) => string): readonly Pair<T>[] {
  const [old, now] = [
    new Map(before.map((one) => [keyOf(one), one])),
    new Map(after.map((one) => [keyOf(one), one])),
  ];
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => ({
    name,
    old: old.get(name),
    now: now.get(name),
  }));
}

function cameOrWent<T>(
  place: Place,
  old: T | undefined,
  now: T | undefined,
  textOf: (one: T) => string,
): PlanChange {
  return {
    ...place,
    change: old === undefined ? "added" : "removed",
    field: null,
    before: old === undefined ? null : textOf(old),
    after: now === undefined ? null : textOf(now),
    impact: "breaking",
  };
}

function changed(place: Place, parts: readonly Part[]): readonly PlanChange[] {
  return parts
    .filter((part) => canonicalJson([part.before]) !== canonicalJson([part.after]))
    .map(({ field, impact, before, after, texts }) => {
      const words = texts ?? [textOf(before), textOf(after)];
      // Two values that read the same still differ; then their JSON shows how.
      const [old, now] = words[0] === words[1] ? [canonicalJson(before), canonicalJson(after)] : words;
      const shown = { before: before === undefined ? null : old, after: after === undefined ? null : now };
      return { ...place, change: "changed", field, ...shown, impact };
    });
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value) && value.every((item) => typeof item === "string"))
    return value.join(", ") || "none";
  return brief(value as Json);
}
