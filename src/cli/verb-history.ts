import { once } from "node:events";
import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";

import { historyOf, type NodeEnd } from "../host/history.ts";
import type { RunGlance } from "../ports/index.ts";
import { openStore } from "../host/store.ts";
import { formatDuration } from "../util/duration.ts";
import type { Command } from "./arguments.ts";
import { commonOptions } from "./command-options.ts";
import type { Terminal } from "./terminal.ts";

export async function performRuns(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const store = await openStore(pipe, commonOptions(command));
  const histories: RunGlance[] = [];
  for (const id of await store.list()) histories.push(await store.glance(id));
  if (command.flags["json"] === true) {
    const rows = histories.map(({ run, pipeline, state, reason, startedAt, duration }) => {
      return { run, pipeline, state, reason, startedAt, duration };
    });
    terminal.out.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    return 0;
  }
  const rows = histories.map((one) => {
    const when = new Date(one.startedAt).toISOString().slice(0, 19).replace("T", " ");
    return `${one.run}  ${one.state.padEnd(11)}  ${when}  ${formatDuration(one.duration).padStart(7)}  ${one.pipeline}: ${one.reason}`;
  });
  terminal.out.write(`${rows.join("\n") || `no runs in ${store.location}`}\n`);
  return 0;
}

export async function performShow(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const store = await openStore(pipe, commonOptions(command));
  const recorded = await store.read(command.operands[0] ?? "");
  if (command.flags["json"] === true) {
    for (const event of recorded.events) terminal.out.write(`${JSON.stringify(event)}\n`);
    return 0;
  }
  const history = historyOf(recorded);
  const lines = [`${history.run}  ${history.pipeline}  ${history.state}: ${history.reason}`, ""];
  for (const { id } of recorded.plan.nodes) {
    const end = history.nodes.get(id);
    lines.push(`  ${id}  ${end === undefined ? "not reached" : describe(end)}`);
    for (const decision of history.decisions.get(id) ?? []) {
      const why = decision.reason === undefined ? "" : `: ${decision.reason}`;
      lines.push(`      ${decision.approved ? "approved" : "rejected"} by ${decision.by}${why}`);
    }
  }
  terminal.out.write(`${lines.join("\n")}\n`);
  return 0;
}

function describe(end: NodeEnd): string {
  switch (end.type) {
    case "node.started":
      return "started, and not ended on record";
    case "node.succeeded":
      return `passed in ${formatDuration(end.duration)}${end.flaky ? `, at attempt ${end.attempt}` : ""}`;
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

export async function performLogs(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const store = await openStore(pipe, commonOptions(command));
  const [run = "", node] = command.operands;
  const { plan } = await store.read(run);
  const nodes =
    node === undefined ? plan.nodes : plan.nodes.filter((one) => one.id === node || one.name === node);
  if (nodes.length === 0) {
    const hint = `One of: ${plan.nodes
      .slice(0, 20)
      .map((one) => one.id)
      .join(", ")}.`;
    throw new SluiceError("NODE_UNKNOWN", `run ${run} has no node "${node ?? ""}"`, { hint });
  }
  for (const { id } of nodes) {
    let titled = nodes.length === 1;
    for await (const chunk of store.log(run, id)) {
      if (!titled) terminal.out.write(`=== ${id}\n`);
      titled = true;
      if (!terminal.out.write(chunk)) await once(terminal.out, "drain");
    }
  }
  return 0;
}
