import { conditionText } from "../model/condition-text.ts";
import type { Condition, Json, Plan, PlanNode, PlanStage } from "../model/index.ts";
import { canonicalJson } from "../util/canonical-json.ts";
import { brief, commandText, isObject } from "./command-text.ts";
import { retryText } from "./node-facts.ts";
import { summaryOf } from "./summary.ts";
import { exactDuration } from "./terminal.ts";

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
 * What a change means for a run that began with the Plan before it.
 *
 * `harmless`: how a node is shown, tried again, limited in time or kept from running beside others, what a failure
 * does to others, and the order in which nodes that do not need each other are declared. What has been done stays
 * valid.
 *
 * `breaking`: what runs, in which stage, with which params, variables, secrets and artifacts; edges; conditions;
 * required gates; and every node or stage that came or went. What has been done may be something else than what the
 * new Plan asks for.
 */
export type ChangeImpact = "harmless" | "breaking";

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

/** One compared part: its name, its two values and how they read. */
interface Part {
  readonly field: string;
  readonly impact: ChangeImpact;
  readonly before: unknown;
  readonly after: unknown;
  readonly texts?: readonly [before: string, after: string];
}

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

function nodeParts(old: PlanNode, now: PlanNode): readonly Part[] {
  const part = (field: keyof PlanNode, impact: ChangeImpact): Part => ({
    field,
    impact,
    before: old[field],
    after: now[field],
  });
  return [
    part("kind", "breaking"),
    part("stage", "breaking"),
    part("name", "harmless"),
    part("uses", "breaking"),
    ...withParts(old.with, now.with),
    part("needs", "breaking"),
    part("skipWith", "breaking"),
    { ...part("when", "breaking"), texts: [whenText(old.when), whenText(now.when)] },
    part("secrets", "breaking"),
    part("artifacts", "breaking"),
    { ...part("evidence", "breaking"), texts: [evidenceText(old), evidenceText(now)] },
    part("matrix", "harmless"),
    { ...part("retry", "harmless"), texts: [retryText(old.retry), retryText(now.retry)] },
    { ...part("timeout", "harmless"), texts: [limitText(old.timeout), limitText(now.timeout)] },
    { ...part("grace", "harmless"), texts: [exactDuration(old.grace), exactDuration(now.grace)] },
    part("weight", "harmless"),
    part("locks", "harmless"),
  ];
}

/** What it runs, member by member, and a command as a whole. */
function withParts(old: Json, now: Json, path = "with"): readonly Part[] {
  if (!isObject(old) || !isObject(now)) return [{ field: path, impact: "breaking", before: old, after: now }];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return keys.flatMap((key): readonly Part[] => {
    const [before, after] = [old[key], now[key]];
    const texts = [commandText(old), commandText(now)] as const;
    if (path === "with" && key === "command" && texts[0] !== undefined && texts[1] !== undefined) {
      return [{ field: "command", impact: "breaking", before, after, texts: [texts[0], texts[1]] }];
    }
    if (isObject(before) && isObject(after)) return withParts(before, after, `${path}.${key}`);
    return [{ field: `${path}.${key}`, impact: "breaking", before, after }];
  });
}

function whenText(when: Condition | null): string {
  return when === null ? "always" : conditionText(when);
}

function evidenceText(node: PlanNode): string {
  return node.evidence.map((one) => `${one.gate} (${one.node})`).join(", ") || "none";
}

function limitText(timeout: number | null): string {
  return timeout === null ? "no limit" : exactDuration(timeout);
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
