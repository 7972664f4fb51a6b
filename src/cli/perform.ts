import { resolve } from "node:path";
import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { Command } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** One verb's work: gives the exit code. */
export type Performer = (pipe: Pipeline, command: Command, terminal: Terminal) => Promise<number>;

/** Each verb is loaded when it is asked for. */
const PERFORMERS: Readonly<Record<string, () => Promise<Performer>>> = {
  run: async () => (await import("./verb-run.ts")).performRun,
  plan: async () => (await import("./verb-plan.ts")).performPlan,
  graph: async () => (await import("./verb-graph.ts")).performGraph,
  status: async () => (await import("./verb-targets.ts")).performStatus,
  rollback: async () => (await import("./verb-targets.ts")).performRollback,
  stop: async () => (await import("./verb-targets.ts")).performStop,
};

export async function perform(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const load = PERFORMERS[command.verb.name];
  if (load === undefined)
    throw new SluiceError("INTERNAL", `verb "${command.verb.name}" has nothing that performs it`);
  return await (
    await load()
  )(pipe, command, terminal);
}

/** What every verb passes on. */
export function commonOptions(command: Command): {
  readonly params: Readonly<Record<string, unknown>>;
  readonly cwd?: string;
  readonly stateDir?: string;
} {
  const cwd = textFlag(command, "cwd");
  const stateDir = textFlag(command, "state-dir");
  return {
    params: command.params,
    // Paths typed on a command line start where it is typed.
    ...(cwd === undefined ? {} : { cwd: resolve(cwd) }),
    ...(stateDir === undefined ? {} : { stateDir: resolve(stateDir) }),
  };
}

export function textFlag(command: Command, name: string): string | undefined {
  const value = command.flags[name];
  return typeof value === "string" ? value : undefined;
}

export function listFlag(command: Command, name: string): readonly string[] {
  const value = command.flags[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** A flag that is a whole number of at least 1. @throws SluiceError `USAGE` */
export function countFlag(command: Command, name: string): number | undefined {
  const text = textFlag(command, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new SluiceError("USAGE", `--${name} ${text}: not a whole number of at least 1`);
}
