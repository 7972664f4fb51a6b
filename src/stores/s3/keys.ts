import { logFileName } from "../../util/log-name.ts";

/** Whether a text can be a run's id. It becomes a part of keys and of local paths. */
export function isRunId(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,127}$/.test(text);
}

/**
 * Where everything stands, below the store's prefix. The Plans stand apart from the rest of their runs, so that one
 * request lists a thousand runs; each is written once, so its time is that at which the run was made.
 */
export const PLANS = "plans/";
export const HISTORY = "history/";
export const ARTIFACTS = "artifacts/sha256/";
export const CONDITIONS = "conditional-writes";

const JSON_SUFFIX = ".json";

export const planKey = (run: string): string => `${PLANS}${run}${JSON_SUFFIX}`;
export const historyKey = (run: string): string => `${HISTORY}${run}${JSON_SUFFIX}`;
export const baselineKey = (key: string): string =>
  `baselines/${logFileName(key).replace(/\.log$/, JSON_SUFFIX)}`;
export const runPrefix = (run: string): string => `runs/${run}/`;
export const stateKey = (run: string): string => `${runPrefix(run)}state.json`;
export const leaseKey = (run: string): string => `${runPrefix(run)}lease.json`;
export const journalPrefix = (run: string): string => `${runPrefix(run)}journal/`;
export const logPrefix = (run: string, node: string): string => `${runPrefix(run)}logs/${logFileName(node)}/`;

/** `sha256:<hex>` as a key. */
export function artifactKey(digest: string): string {
  const hex = digest.replace(/^sha256:/, "");
  return `${ARTIFACTS}${hex.slice(0, 2)}/${hex.slice(2)}`;
}

export function digestOfKey(key: string): string {
  return `sha256:${key.slice(ARTIFACTS.length).replace("/", "")}`;
}

/** The id in a key such as `plans/<id>.json`. */
export function idOfKey(key: string, prefix: string): string {
  return key.slice(prefix.length, -JSON_SUFFIX.length);
}
