import type { Finding } from "./parse.ts";
import type { IgnoredRule } from "./spec.ts";

export interface Ignoring {
  readonly left: readonly Finding[];
  readonly ignored: readonly Finding[];
  /** Rules whose time is over and which have results again. */
  readonly expired: readonly IgnoredRule[];
  /** Rules that ignore nothing today. */
  readonly unused: readonly IgnoredRule[];
}

const DAY = 86_400_000;

/** Sets aside the findings of rules that are accepted at `now`; `until` includes its day, in UTC. */
export function ignoredBy(
  rules: readonly IgnoredRule[],
  findings: readonly Finding[],
  now: number,
): Ignoring {
  const isOver = (rule: IgnoredRule): boolean => Date.parse(`${rule.until}T00:00:00Z`) + DAY <= now;
  const found = new Set(findings.map((finding) => finding.rule));
  const current = new Set(rules.filter((rule) => !isOver(rule)).map((rule) => rule.rule));
  return {
    left: findings.filter((finding) => !current.has(finding.rule)),
    ignored: findings.filter((finding) => current.has(finding.rule)),
    expired: rules.filter((rule) => isOver(rule) && found.has(rule.rule) && !current.has(rule.rule)),
    unused: rules.filter((rule) => !isOver(rule) && !found.has(rule.rule)),
  };
}
