import { conditionText } from "../model/condition-text.ts";
import type { Condition, Json, PlanNode } from "../model/index.ts";
import { commandText, isObject } from "./command-text.ts";
import { cacheText, retryText } from "./node-facts.ts";
import { exactDuration } from "./terminal.ts";

/**
 * What a change means for a run that began with the Plan before it.
 *
 * `harmless`: how a node is shown, tried again, limited in time, cached or kept from running beside others, what a failure
 * does to others, and the order in which nodes that do not need each other are declared. What has been done stays
 * valid.
 *
 * `breaking`: what runs, in which stage, with which params, variables, secrets and artifacts; edges; conditions;
 * required gates; and every node or stage that came or went. What has been done may be something else than what the
 * new Plan asks for.
 */
export type ChangeImpact = "harmless" | "breaking";

/** One compared part: its name, its two values and how they read. */
export interface Part {
  readonly field: string;
  readonly impact: ChangeImpact;
  readonly before: unknown;
  readonly after: unknown;
  readonly texts?: readonly [before: string, after: string];
}

/** Every field of a node that the fingerprint covers, with what its change means. */
export function nodeParts(old: PlanNode, now: PlanNode): readonly Part[] {
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
    { ...part("cache", "harmless"), texts: [cacheText(old.cache), cacheText(now.cache)] },
    part("effects", "harmless"),
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

/** A condition in words, also where there is none. */
export function whenText(when: Condition | null): string {
  return when === null ? "always" : conditionText(when);
}

function evidenceText(node: PlanNode): string {
  return node.evidence.map((one) => `${one.gate} (${one.node})`).join(", ") || "none";
}

function limitText(timeout: number | null): string {
  return timeout === null ? "no limit" : exactDuration(timeout);
}
