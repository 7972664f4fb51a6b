import type { Sink } from "../lines/sink.ts";
import type { NodeLogs } from "../logs/node-logs.ts";
import { formatBytes } from "../text/numbers.ts";
import type { Paint } from "../text/paint.ts";
import { colouredLine } from "../text/sanitize.ts";
import type { RunView } from "../view/run-view.ts";
import type { Symbols } from "./symbols.ts";

/** What of a longer log is shown is its end. Bytes. */
const LONGEST = 8 * 1024 * 1024;

export interface FailedLogsOptions {
  readonly sink: Sink;
  readonly logs: NodeLogs;
  readonly paint: Paint;
  readonly color: boolean;
  readonly symbols: Symbols;
  readonly columns: number;
}

/** Writes the whole log of each node that failed. */
export async function writeFailedLogs(view: RunView, options: FailedLogsOptions): Promise<void> {
  for (const { plan, state } of view.nodes.values()) {
    if (state === "failed" && options.logs.printed(plan.id)) await writeLog(plan.id, options);
  }
}

async function writeLog(
  node: string,
  { sink, logs, paint, color, symbols, columns }: FailedLogsOptions,
): Promise<void> {
  const { bytes, cut } = await logs.tail(node, LONGEST);
  const rule = (text: string): string => {
    const line = `${symbols.rule.repeat(2)} ${text} `;
    const rest = symbols.rule.repeat(Math.max(0, columns - line.length));
    return `${paint("dim", line + rest)}\n`;
  };
  await sink.write(`\n${rule(`log of ${node}`)}`);
  if (cut)
    await sink.write(
      paint("dim", `(its last ${formatBytes(bytes.length)}; all of it: ${logs.file(node) ?? "not kept"})\n`),
    );
  const text = bytes.toString("utf8").replace(/\n$/, "");
  const lines = text.split("\n").map((line) => `${colouredLine(line, color)}\n`);
  await sink.write(lines.join(""));
  await sink.write(rule(`end of ${node}`));
}
