import { resolve } from "node:path";
import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import { newestEnded } from "../host/rerun.ts";
import { run, type Run, type RunOptions } from "../host/run.ts";
import { openStore } from "../host/store.ts";
import type { RunState } from "../model/index.ts";
import type { Reporter } from "../ports/index.ts";
import { pickReporter } from "../reporters/pick.ts";
import type { Command } from "./arguments.ts";
import { cacheFlag, commonOptions, countFlag, listFlag, textFlag } from "./command-options.ts";
import { hearInterrupts, INTERRUPTED } from "./interrupts.ts";
import { flagName } from "./param-flags.ts";
import type { Terminal } from "./terminal.ts";
import { sayYes, warnOfOthers } from "./yes.ts";

const EXIT: Readonly<Record<RunState, number>> = { passed: 0, failed: 1, cancelled: 1, suspended: 75 };

interface Look {
  readonly out: NodeJS.WriteStream;
  /** As the user started it, for hints. */
  readonly command: string;
  readonly color?: boolean;
}

/** Loaded by name, so that a run in CI pays for no terminal library. */
const REPORTERS: Readonly<Record<string, (look: Look) => Promise<Reporter>>> = {
  tty: async (look) => (await import("../reporters/tty.ts")).tty(look),
  plain: async (look) => (await import("../reporters/plain.ts")).plain(look),
  json: async (look) => (await import("../reporters/json.ts")).json(look),
  github: async (look) => (await import("../reporters/github.ts")).github(look),
  gitlab: async (look) => (await import("../reporters/gitlab.ts")).gitlab(look),
};

export async function performRun(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  return await attend(run(pipe, await optionsOf(command, terminal)), terminal);
}

export async function performResume(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  refuseParams(command, "a run is resumed");
  const [named] = command.operands;
  const options = await optionsOf(command, terminal, true);
  const resume = {
    accept: command.flags["accept"] === true,
    takeOver: command.flags["take-over"] === true,
  };
  return await attend(
    run(pipe, { ...options, resume, ...(named === undefined ? {} : { run: named }) }),
    terminal,
  );
}

export async function performRerun(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  refuseParams(command, "a run is run again");
  const options = await optionsOf(command, terminal);
  const warn = (message: string): void => {
    terminal.err.write(`warning: ${message}\n`);
  };
  const of = command.operands[0] ?? (await newestEnded(await openStore(pipe, options), pipe.name, warn));
  const rerun = { of, failed: command.flags["failed"] === true, accept: command.flags["accept"] === true };
  return await attend(run(pipe, { ...options, rerun }), terminal);
}

function refuseParams({ params }: Command, what: string): void {
  const given = Object.keys(params);
  if (given.length === 0) return;
  throw new SluiceError("USAGE", `${what} with the params that it was started with`, {
    hint: `Leave out --${given.map(flagName).join(", --")}.`,
  });
}

/** Waits for a run, handing on Ctrl-C. Gives the exit code. */
async function attend(running: Run, terminal: Terminal): Promise<number> {
  const interrupts = hearInterrupts(terminal, (signal) => {
    running.cancel(`interrupted by ${signal}`);
  });
  try {
    const result = await running;
    return interrupts.by !== undefined && result.state !== "passed" ? INTERRUPTED : EXIT[result.state];
  } finally {
    interrupts.settle();
  }
}

async function optionsOf(command: Command, terminal: Terminal, resumes = false): Promise<RunOptions> {
  const only = listFlag(command, "only")
    .flatMap((names) => names.split(","))
    .filter((name) => name !== "");
  const from = textFlag(command, "from");
  if (only.length > 0 && from !== undefined) {
    throw new SluiceError("USAGE", "--only and --from cannot go together", { hint: "Give one of them." });
  }
  const id = textFlag(command, "run");
  const base = textFlag(command, "base");
  const concurrency = countFlag(command, "concurrency");
  const cache = cacheFlag(command);
  const yes = command.flags["yes"] === true ? sayYes(terminal.env) : undefined;
  const reporters = await reportersOf(command, terminal);
  if (yes !== undefined && !resumes) reporters.unshift(warnOfOthers(yes.by, terminal));
  return {
    ...commonOptions(command),
    env: terminal.env,
    reporters,
    ...(only.length === 0 ? {} : { only }),
    ...(from === undefined ? {} : { from }),
    ...(id === undefined ? {} : { run: id }),
    ...(base === undefined ? {} : { base }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(cache === undefined ? {} : { cache }),
    ...(yes === undefined ? {} : { approve: yes.approve }),
  };
}

async function reportersOf(command: Command, terminal: Terminal): Promise<Reporter[]> {
  const asked = listFlag(command, "reporter");
  const names = asked.length === 0 ? [pickReporter(terminal.env, terminal.out)] : [...new Set(asked)];
  const color = command.flags["color"];
  const look: Look = {
    out: terminal.out,
    command: terminal.program,
    ...(typeof color === "boolean" ? { color } : {}),
  };
  const reporters = await Promise.all(
    names.map((name) => {
      const load = REPORTERS[name];
      if (load !== undefined) return load(look);
      throw new SluiceError("USAGE", `there is no reporter "${name}"`, {
        hint: `One of: ${Object.keys(REPORTERS).join(", ")}.`,
      });
    }),
  );
  const junit = textFlag(command, "junit");
  if (junit !== undefined)
    reporters.push((await import("../reporters/junit.ts")).junit({ file: resolve(junit) }));
  return reporters;
}
