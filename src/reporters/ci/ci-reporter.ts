import type { RunEvent } from "../../model/index.ts";
import type { Reporter } from "../../ports/index.ts";
import { LinePrefixer } from "../lines/prefixer.ts";
import { Serial } from "../lines/serial.ts";
import { Sink } from "../lines/sink.ts";
import { NodeLogs } from "../logs/node-logs.ts";
import type { TextReporterOptions } from "../options.ts";
import { describe } from "../text/describe.ts";
import { createPaint } from "../text/paint.ts";
import { summaryLines } from "../text/summary.ts";
import { endsNode, type NodeEnd } from "../view/node-end.ts";
import { RunView } from "../view/run-view.ts";
import type { CiHost, CiRun } from "./ci-host.ts";
import { stillRunning } from "./still-running.ts";

/** Options of the reporters for CI hosts. */
export interface CiReporterOptions extends TextReporterOptions {
  /** Milliseconds between two lines that say what is still running; 0 for none. @defaultValue `60_000` */
  readonly heartbeat?: number;
}

/**
 * Writes events as they come and each node's log in one block when the node has ended, so that the blocks of jobs that
 * run side by side do not mix. What differs between CI hosts is in `host`.
 */
export function ciReporter(host: CiHost, options: CiReporterOptions): Reporter {
  const sink = new Sink(options.out ?? process.stdout);
  const env = options.env ?? process.env;
  // the logs of CI hosts show colours although they are no terminals
  const paint = createPaint(options.color ?? (env["NO_COLOR"] ?? "") === "");
  const logs = new NodeLogs();
  const serial = new Serial();
  let run: CiRun | undefined;
  let heartbeat: NodeJS.Timeout | undefined;

  async function writeLog(current: CiRun, end: NodeEnd): Promise<void> {
    const node = current.view.nodes.get(end.node);
    if (node === undefined || !logs.printed(end.node)) return;
    const lines = new LinePrefixer("");
    await sink.write(host.openLog(node, end));
    await logs.copy(end.node, (chunk) => sink.write(host.disarm(lines.push(chunk)), "latin1"));
    await sink.write(host.disarm(lines.flush()), "latin1");
    await sink.write(host.closeLog(node, end));
    logs.forget(end.node);
  }

  function writeEvent(current: CiRun, event: RunEvent): void {
    const description = describe(event);
    if (description === undefined) return;
    const line = host.line(paint(description.tone, description.text));
    serial.run(() => sink.write(host.before(event, current)));
    if (endsNode(event)) serial.run(() => writeLog(current, event));
    serial.run(() => sink.write(line + host.after(event, current)));
  }

  function beat(): void {
    const text = run && stillRunning(run.view, Date.now());
    if (text !== undefined) serial.run(() => sink.write(host.line(paint("dim", text))));
  }

  return {
    start(context) {
      logs.start(context);
      run = { context, view: new RunView(context.plan) };
      const every = options.heartbeat ?? 60_000;
      if (every > 0) heartbeat = setInterval(beat, every).unref();
    },
    event(event) {
      if (event.type === "node.log") {
        logs.push(event);
        return;
      }
      run?.view.apply(event);
      if (run !== undefined) writeEvent(run, event);
    },
    async finish(result) {
      clearInterval(heartbeat);
      await serial.idle();
      if (run !== undefined) {
        run.view.finish(result);
        const summary = summaryLines(run.view, result, { paint, command: options.command ?? "sluice" });
        await sink.write(summary.map((line) => host.line(line)).join(""));
        await sink.write((await host.finish?.(run, result)) ?? "");
      }
      await sink.end();
    },
  };
}
