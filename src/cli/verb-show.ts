import type { Pipeline } from "../builder/index.ts";
import { historyOf, type NodeEnd } from "../host/history.ts";
import { openStore } from "../host/store.ts";
import { formatDuration } from "../util/duration.ts";
import type { Command } from "./arguments.ts";
import { commonOptions } from "./command-options.ts";
import { Output } from "./output.ts";
import type { Terminal } from "./terminal.ts";

export async function performShow(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const store = await openStore(pipe, { ...commonOptions(command), env: terminal.env });
  const recorded = await store.read(command.operands[0] ?? "");
  const out = new Output(terminal.out);
  if (command.flags["json"] === true) {
    for (const event of recorded.events) if (!(await out.write(`${JSON.stringify(event)}\n`))) break;
    return 0;
  }
  const history = historyOf(recorded);
  const lines = [`${history.run}  ${history.pipeline}  ${history.state}: ${history.reason}`, ""];
  for (const { id } of recorded.plan.nodes) {
    const end = history.nodes.get(id);
    lines.push(`  ${id}  ${end === undefined ? "not reached" : describe(end)}`);
    for (const decision of history.decisions.get(id) ?? []) {
      const why = decision.reason === undefined ? "" : `: ${decision.reason}`;
      lines.push(
        `      ${timeOf(decision.at)}  ${decision.approved ? "approved" : "rejected"} by ${decision.by}${why}`,
      );
    }
  }
  await out.write(`${lines.join("\n")}\n`);
  return 0;
}

/** To the second, UTC. */
function timeOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

/** Where a result comes from that was not made in this run. */
function originOf({ from }: Extract<NodeEnd, { type: "node.succeeded" }>): string | undefined {
  if (from === undefined) return undefined;
  return from.kind === "run" ? `, taken over from run ${from.run}` : `, from the cache (run ${from.run})`;
}

function describe(end: NodeEnd): string {
  switch (end.type) {
    case "node.started":
      return "started, and not ended on record";
    case "node.succeeded":
      return `passed${originOf(end) ?? ` in ${formatDuration(end.duration)}${end.flaky ? `, at attempt ${end.attempt}` : ""}`}`;
    case "node.failed":
      return `failed: ${end.failure.message} [${end.failure.code}]`;
    case "node.skipped":
      return `skipped: ${end.reason.text}`;
    case "node.cancelled":
      return `cancelled: ${end.reason}`;
    case "node.suspended":
      return `waits: ${end.reason}`;
  }
}
