import { type Env, isLive, isOn, type Out } from "./text/environment.ts";

/** The reporters that write to a terminal or a CI host's log. */
export const REPORTER_NAMES = ["tty", "plain", "json", "github", "gitlab"] as const;

export type ReporterName = (typeof REPORTER_NAMES)[number];

/**
 * The reporter that fits the surroundings: the CI host's own, a live view at a terminal, otherwise plain lines.
 *
 * @example
 * ```ts
 * import { pickReporter } from "sluice/reporters";
 *
 * const name = pickReporter(process.env, process.stdout); // "tty" at a terminal
 * ```
 */
export function pickReporter(env: Env, stdout: Out): ReporterName {
  if (isOn(env["GITHUB_ACTIONS"])) return "github";
  if (isOn(env["GITLAB_CI"])) return "gitlab";
  return isLive(env, stdout) && !isOn(env["CI"]) ? "tty" : "plain";
}
