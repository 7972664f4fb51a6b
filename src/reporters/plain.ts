import type { RunEvent } from "../model/index.ts";
import type { Reporter } from "../ports/index.ts";
import { NodeLines } from "./lines/node-lines.ts";
import { Sink } from "./lines/sink.ts";
import { NodeLogs } from "./logs/node-logs.ts";
import type { TextReporterOptions } from "./options.ts";
import { describe } from "./text/describe.ts";
import { resolveColor } from "./text/environment.ts";
import { formatOffset } from "./text/offset.ts";
import { createPaint } from "./text/paint.ts";
import { summaryLines } from "./text/summary.ts";
import { endsAttempt } from "./view/node-end.ts";
import { RunView } from "./view/run-view.ts";

/** Options of {@link plain}. */
export type PlainOptions = TextReporterOptions;

/**
 * One line for each event, with the seconds since the run began, and each line that a job prints after `stage/job | `.
 * For CI hosts without a reporter of their own, for pipes and for files. Bytes of jobs are passed on unchanged.
 *
 * @example
 * ```ts
 * import { plain } from "sluice/reporters";
 *
 * const reporter = plain({ color: false });
 * ```
 */
export function plain(options: PlainOptions = {}): Reporter {
  const out = options.out ?? process.stdout;
  const sink = new Sink(out);
  const paint = createPaint(resolveColor(options.color, options.env ?? process.env, out));
  const lines = new NodeLines((node) => `${paint("busy", `${node} |`)} `);
  const logs = new NodeLogs(0);
  let view: RunView | undefined;
  let began: number | undefined;

  function writeEvent(event: RunEvent): Promise<void> | undefined {
    began ??= event.at;
    const unended = endsAttempt(event) ? lines.flush(event.node) : "";
    if (unended !== "") void sink.write(unended, "latin1");
    const description = describe(event);
    if (description === undefined) return undefined;
    const offset = paint("dim", formatOffset(event.at - began));
    return sink.write(`${offset} ${paint(description.tone, description.text)}\n`);
  }

  return {
    start(run) {
      view = new RunView(run.plan);
      logs.start(run);
    },
    event(event) {
      if (event.type !== "node.log") {
        view?.apply(event);
        return writeEvent(event);
      }
      logs.push(event);
      const text = lines.push(event);
      return text === "" ? undefined : sink.write(text, "latin1");
    },
    async finish(result) {
      await sink.write(lines.flushAll(), "latin1");
      view?.finish(result);
      const summary =
        view === undefined
          ? []
          : summaryLines(view, result, {
              paint,
              command: options.command ?? "sluice",
              logFile: (node) => logs.file(node),
            });
      await sink.write(summary.map((line) => `${line}\n`).join(""));
      await sink.end();
    },
  };
}
