import type { Action, DraftOptions } from "../builder/draft.ts";
import type { NodeOptions } from "../builder/types.ts";
import type { PlanCache, PlanRetry, RetryClass } from "../model/index.ts";
import { parseDuration, type Duration } from "../util/duration.ts";
import { resolveCache } from "./cache-options.ts";

const DEFAULT_GRACE = 10_000;
const NO_RETRY: PlanRetry = Object.freeze({
  attempts: 1,
  delay: 1_000,
  factor: 2,
  maxDelay: 60_000,
  jitter: 0.5,
  on: [],
});
const KNOWN = new Set([
  "after",
  "when",
  "retry",
  "timeout",
  "grace",
  "weight",
  "locks",
  "artifacts",
  "cache",
  "effects",
]);
/** What a deploy is told of, where an option is unknown. */
const DEPLOY_OPTIONS = [
  ...["to", "app", "strategy", "load"],
  ...[...KNOWN].filter((option) => !["artifacts", "cache", "effects"].includes(option)),
];
const RETRY_KNOWN = new Set(["attempts", "delay", "factor", "maxDelay", "jitter", "on"]);
const CLASSES = ["timeout", "infrastructure", "exit"];

/** Reports a problem of one option. */
export type Complain = (option: string, message: string, hint: string) => void;

export interface ResolvedNodeOptions {
  readonly retry: PlanRetry;
  readonly timeout: number | null;
  readonly grace: number;
  readonly weight: number;
  readonly locks: readonly string[];
  readonly artifacts: Readonly<Record<string, readonly string[]>>;
  readonly cache: PlanCache | null;
}

const NONE: readonly string[] = Object.freeze([]);
const NO_ARTIFACTS = Object.freeze({});

/** Options with their defaults, every bound checked. */
export function resolveNodeOptions(
  kind: Action["kind"],
  options: DraftOptions,
  complain: Complain,
): ResolvedNodeOptions {
  for (const key of Object.keys(options)) {
    if (KNOWN.has(key)) continue;
    const known = kind === "deploy" ? DEPLOY_OPTIONS : [...KNOWN];
    complain(key, "there is no such option", `Known options: ${known.join(", ")}.`);
  }
  return {
    retry: options.retry === undefined ? NO_RETRY : resolveRetry(options.retry, complain),
    timeout: options.timeout === undefined ? null : positive("timeout", options.timeout, complain),
    grace: options.grace === undefined ? DEFAULT_GRACE : duration("grace", options.grace, complain),
    weight: options.weight === undefined ? 1 : whole("weight", options.weight, 1, complain),
    locks: options.locks === undefined ? NONE : resolveLocks(options.locks, complain),
    artifacts: options.artifacts === undefined ? NO_ARTIFACTS : resolveArtifacts(options.artifacts, complain),
    // Of what cannot be cached in any form, that alone is said.
    cache: options.cache === undefined || kind !== "job" ? null : resolveCache(options.cache, complain),
  };
}

function resolveRetry(retry: NonNullable<NodeOptions["retry"]>, complain: Complain): PlanRetry {
  if (typeof retry === "number") return { ...NO_RETRY, attempts: whole("retry", retry, 0, complain) + 1 };
  for (const key of Object.keys(retry)) {
    if (!RETRY_KNOWN.has(key))
      complain(`retry.${key}`, "there is no such option", `Known: ${[...RETRY_KNOWN].join(", ")}.`);
  }
  const factor = retry.factor ?? NO_RETRY.factor;
  const jitter = retry.jitter ?? NO_RETRY.jitter;
  if (!(factor >= 1))
    complain("retry.factor", `${factor} is below 1`, "Give 1 for equal delays, 2 for doubling ones.");
  if (!(jitter >= 0 && jitter <= 1))
    complain("retry.jitter", `${jitter} is not a share`, "Give a number from 0 to 1.");
  return {
    attempts: whole("retry.attempts", retry.attempts, 1, complain),
    delay: duration("retry.delay", retry.delay ?? NO_RETRY.delay, complain),
    factor,
    maxDelay: duration("retry.maxDelay", retry.maxDelay ?? NO_RETRY.maxDelay, complain),
    jitter,
    on: (retry.on ?? []).filter((one) => isClass(one, complain)),
  };
}

function isClass(one: RetryClass, complain: Complain): boolean {
  const ok = typeof one === "number" ? Number.isInteger(one) && one > 0 && one < 256 : CLASSES.includes(one);
  if (!ok)
    complain(
      "retry.on",
      `${JSON.stringify(one)} is no class of failure`,
      `Use ${CLASSES.join(", ")} or exit codes.`,
    );
  return ok;
}

function resolveLocks(locks: readonly string[], complain: Complain): readonly string[] {
  const bad = !Array.isArray(locks) || locks.some((lock) => typeof lock !== "string" || lock === "");
  if (bad) complain("locks", "it is not a list of names", 'For example: locks: ["database"].');
  return bad ? NONE : [...new Set(locks)];
}

function resolveArtifacts(
  artifacts: NonNullable<NodeOptions["artifacts"]>,
  complain: Complain,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(artifacts).map(([name, globs]) => {
      const list = typeof globs === "string" ? [globs] : [...globs];
      if (list.length === 0)
        complain(`artifacts.${name}`, "it has no glob", "Name at least one file or pattern.");
      for (const glob of list) {
        if (typeof glob !== "string" || glob === "") {
          complain(`artifacts.${name}`, "a glob is not a text", 'For example: "dist/**".');
        } else if (glob.startsWith("/") || glob.split("/").includes("..")) {
          complain(
            `artifacts.${name}`,
            `"${glob}" leaves the root`,
            "Use a pattern relative to the pipeline's root.",
          );
        }
      }
      return [name, list];
    }),
  );
}

function duration(option: string, value: Duration, complain: Complain): number {
  const ms = parseDuration(value);
  if (ms === undefined)
    complain(option, `${JSON.stringify(value)} is no duration`, 'For example "30s", "5m", or milliseconds.');
  return ms ?? 0;
}

function positive(option: string, value: Duration, complain: Complain): number {
  const ms = duration(option, value, complain);
  if (ms === 0 && parseDuration(value) === 0) complain(option, "it is zero", "Give a time, or leave it out.");
  return ms;
}

function whole(option: string, value: number, min: number, complain: Complain): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  complain(option, `${String(value)} is not a whole number of at least ${min}`, "Give a whole number.");
  return min;
}
