import path from "node:path";
import { SluiceError } from "../errors/index.ts";
import type { RunResult } from "../model/index.ts";
import type { Reporter, ReporterContext } from "../ports/index.ts";
import { junitDocument } from "./junit/document.ts";
import { writeWhole } from "./junit/write-file.ts";
import { logTail } from "./junit/xml-text.ts";
import { NodeLogs } from "./logs/node-logs.ts";
import { RunView } from "./view/run-view.ts";

/** Options of {@link junit}. */
export interface JunitOptions {
  /** The file to write, relative to the pipeline's root. @defaultValue `"junit.xml"` */
  readonly file?: string;
  /** How much of the end of a failed node's log goes into its failure. Bytes. @defaultValue 16 KiB */
  readonly logBytes?: number;
}

/**
 * Writes the run as JUnit XML when it has ended, for hosts that show test reports: a suite for each stage, a case for
 * each node, figures of gates as properties. It prints nothing and stands beside another reporter.
 *
 * @throws `STATE_UNWRITABLE` from `finish` when the file cannot be written.
 *
 * @example
 * ```ts
 * import { junit } from "sluice/reporters";
 *
 * const reporter = junit({ file: "reports/pipeline.xml" });
 * ```
 */
export function junit(options: JunitOptions = {}): Reporter {
  const logs = new NodeLogs();
  let run: { readonly context: ReporterContext; readonly view: RunView } | undefined;

  async function failureLogs(view: RunView): Promise<ReadonlyMap<string, string>> {
    const tails = new Map<string, string>();
    for (const { plan, state } of view.nodes.values()) {
      if (state === "failed")
        tails.set(plan.id, logTail(await logs.tail(plan.id, options.logBytes ?? 16 * 1024)));
    }
    return tails;
  }

  async function render(view: RunView, result: RunResult): Promise<string> {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is the package that this name leads to
    const { XMLBuilder } = await import("fast-xml-parser");
    const builder = new XMLBuilder({
      ignoreAttributes: false,
      attributeNamePrefix: "@",
      format: true,
      suppressEmptyNode: true,
      suppressBooleanAttributes: false,
    });
    return builder.build(junitDocument(view, result, await failureLogs(view)));
  }

  return {
    start(context) {
      logs.start(context);
      run = { context, view: new RunView(context.plan) };
    },
    event(event) {
      run?.view.apply(event);
      if (event.type === "node.log") logs.push(event);
      if (event.type === "node.succeeded") logs.forget(event.node);
    },
    async finish(result) {
      if (run === undefined) return;
      run.view.finish(result);
      const content = await render(run.view, result);
      try {
        await writeWhole(path.resolve(run.context.root, options.file ?? "junit.xml"), content);
      } catch (cause) {
        throw new SluiceError("STATE_UNWRITABLE", "the JUnit report cannot be written", {
          path: options.file ?? "junit.xml",
          hint: "Check that the folder can be written to, or give junit({ file }) another one.",
          cause,
        });
      }
    },
  };
}
