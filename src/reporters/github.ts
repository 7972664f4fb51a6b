import { randomUUID } from "node:crypto";
import type { Reporter } from "../ports/index.ts";
import type { CiHost } from "./ci/ci-host.ts";
import { ciReporter, type CiReporterOptions } from "./ci/ci-reporter.ts";
import { logTitle } from "./ci/log-title.ts";
import { annotate } from "./github/annotate.ts";
import { appendSummary } from "./github/append-summary.ts";
import { annotation, command, disarmLine, disarmMarkers } from "./github/commands.ts";
import { stepSummary } from "./github/step-summary.ts";

/** Options of {@link github}. */
export type GithubOptions = CiReporterOptions;

/**
 * For GitHub Actions: each job's log as a group, failures and warnings as annotations at the lines that declare them,
 * and a summary of the run appended to the file that `GITHUB_STEP_SUMMARY` names. Nothing that a job prints is taken
 * for a workflow command.
 *
 * @example
 * ```ts
 * import { github } from "sluice/reporters";
 *
 * const reporter = github({ heartbeat: 30_000 });
 * ```
 */
export function github(options: GithubOptions = {}): Reporter {
  const env = options.env ?? process.env;
  let token = "";

  const host: CiHost = {
    line: (text) => `${disarmLine(text)}\n`,
    before: () => "",
    after(event, run) {
      const note = annotate(event, run, env["GITHUB_WORKSPACE"]);
      return note === undefined ? "" : annotation(note);
    },
    openLog(node, end) {
      // drawn after the job has ended, so that the job could not have printed it
      token = randomUUID();
      return command("group", logTitle(node.plan.id, end)) + command("stop-commands", token);
    },
    closeLog: () => command(token, "") + command("endgroup", ""),
    disarm: disarmMarkers,
    async finish(run, result) {
      const file = env["GITHUB_STEP_SUMMARY"] ?? "";
      if (file === "") return "";
      const trouble = await appendSummary(file, (limit) =>
        stepSummary(run.view, result, options.command ?? "sluice", limit),
      );
      if (trouble === undefined) return "";
      return annotation({ level: "warning", title: "The step summary was not written", message: trouble });
    },
  };
  return ciReporter(host, options);
}
