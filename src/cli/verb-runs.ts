import type { Pipeline } from "../builder/index.ts";
import { whyUnreadable } from "../host/glances.ts";
import { openStore } from "../host/store.ts";
import type { RunGlance, RunStore } from "../ports/index.ts";
import { formatDuration } from "../util/duration.ts";
import type { Command } from "./arguments.ts";
import { commonOptions } from "./command-options.ts";
import { Output } from "./output.ts";
import type { Terminal } from "./terminal.ts";

type Row = RunGlance | { readonly run: string; readonly state: "unreadable"; readonly reason: string };

export async function performRuns(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const store = await openStore(pipe, { ...commonOptions(command), env: terminal.env });
  const rows: Row[] = [];
  for (const run of await store.list()) {
    const row = await rowOf(store, run);
    if (row !== undefined) rows.push(row);
  }
  const text =
    command.flags["json"] === true
      ? JSON.stringify(rows, undefined, 2)
      : rows.map(lineOf).join("\n") || `no runs in ${store.location}`;
  await new Output(terminal.out).write(`${text}\n`);
  return 0;
}

/** One run that cannot be read must not hide the others. */
async function rowOf(store: RunStore, run: string): Promise<Row | undefined> {
  try {
    return await store.glance(run);
  } catch (error) {
    const reason = whyUnreadable(error);
    return reason === undefined ? undefined : { run, state: "unreadable", reason };
  }
}

function lineOf(row: Row): string {
  const state = row.state.padEnd(11);
  if (row.state === "unreadable") return `${row.run}  ${state}  ${row.reason}`;
  const when = new Date(row.startedAt).toISOString().slice(0, 19).replace("T", " ");
  const took = formatDuration(row.duration).padStart(7);
  return `${row.run}  ${state}  ${when}  ${took}  ${row.pipeline}: ${row.reason}`;
}
