import type { RunEvent } from "../model/index.ts";
import type { Reporter } from "../ports/index.ts";
import type { CiHost, CiRun } from "./ci/ci-host.ts";
import { ciReporter, type CiReporterOptions } from "./ci/ci-reporter.ts";
import { logTitle } from "./ci/log-title.ts";
import { disarmSections, Sections } from "./gitlab/sections.ts";

const RESET = "\u001b[0m";

/** Options of {@link gitlab}. */
export type GitlabOptions = CiReporterOptions;

/**
 * For GitLab CI: each stage as a collapsible section and in it each job's log as another, with the times that they
 * really took. The logs of jobs that passed start collapsed. Nothing that a job prints opens or closes a section.
 *
 * @example
 * ```ts
 * import { gitlab } from "sluice/reporters";
 *
 * const reporter = gitlab({ color: false });
 * ```
 */
export function gitlab(options: GitlabOptions = {}): Reporter {
  const sections = new Sections();
  let open: { readonly stage: string; readonly section: string } | undefined;
  let log = "";

  function close(at: number): string {
    const text = open === undefined ? "" : sections.end(open.section, at);
    open = undefined;
    return text;
  }

  function enter(event: RunEvent, run: CiRun): string {
    const stage = "node" in event ? run.view.nodes.get(event.node)?.plan.stage : undefined;
    if (stage === open?.stage) return "";
    const closed = close(event.at);
    if (stage === undefined) return closed;
    open = { stage, section: sections.name(`stage_${stage}`) };
    return closed + sections.start(open.section, event.at, `stage ${stage}`);
  }

  const host: CiHost = {
    line: (text) => `${text}\n`,
    before: enter,
    after: () => "",
    openLog(node, end) {
      log = sections.name(`log_${node.plan.id}`);
      const header = logTitle(node.plan.id, end);
      return sections.start(log, node.firstStartedAt ?? end.at, header, end.type === "node.succeeded");
    },
    // a job that ends in red shall not colour what follows
    closeLog: (_node, end) => RESET + sections.end(log, end.at),
    disarm: disarmSections,
    finish: (_run, result) => Promise.resolve(close(result.startedAt + result.duration)),
  };
  return ciReporter(host, options);
}
