import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { Command } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** One verb's work: gives the exit code. */
export type Performer = (pipe: Pipeline, command: Command, terminal: Terminal) => Promise<number>;

/** Each verb is loaded when it is asked for. */
const PERFORMERS: Readonly<Record<string, () => Promise<Performer>>> = {
  run: async () => (await import("./verb-run.ts")).performRun,
  resume: async () => (await import("./verb-run.ts")).performResume,
  rerun: async () => (await import("./verb-run.ts")).performRerun,
  runs: async () => (await import("./verb-runs.ts")).performRuns,
  show: async () => (await import("./verb-show.ts")).performShow,
  logs: async () => (await import("./verb-logs.ts")).performLogs,
  clean: async () => (await import("./verb-clean.ts")).performClean,
  approve: async () => (await import("./verb-decide.ts")).performApprove,
  reject: async () => (await import("./verb-decide.ts")).performReject,
  flaky: async () => (await import("./verb-flaky.ts")).performFlaky,
  plan: async () => (await import("./verb-plan.ts")).performPlan,
  graph: async () => (await import("./verb-graph.ts")).performGraph,
  doctor: async () => (await import("./verb-doctor.ts")).performDoctor,
  status: async () => (await import("./verb-status.ts")).performStatus,
  history: async () => (await import("./verb-status.ts")).performHistory,
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
