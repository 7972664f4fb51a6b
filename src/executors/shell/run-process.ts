// node:child_process itself rather than execa: a library's share of 1.2 to 1.6 ms for each process would be the larger
// part of what a short job costs, and nothing here splits lines or keeps output.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import type { ProcessGuard } from "../../ports/index.ts";
import type { CommandEnd } from "./command-error.ts";
import { Output } from "./output.ts";
import { endGroup, signalGroup } from "./process-group.ts";
import { sweep } from "./sweep.ts";

/** Milliseconds that what a job left running has between SIGTERM and SIGKILL, at most. */
const LEFTOVER_GRACE = 2_000;

export interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Text for standard input; `undefined` is an end of file. */
  readonly stdin: string | undefined;
  /** Ends the process and everything that it has started. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  /** The value of `SLUICE_JOB` in `env`. */
  readonly cookie: string;
  readonly guard: ProcessGuard;
  /** Takes output as it comes. A promise holds back the stream that it came from until it resolves. */
  readonly write: (stream: "stdout" | "stderr", chunk: Uint8Array) => void | Promise<void>;
}

/**
 * Runs a process as the leader of a group of its own, to the end of the last process of that group.
 *
 * @throws the signal's reason where it fires, what `write` throws, and the system's error where nothing can be started
 */
export async function runProcess(options: ProcessOptions): Promise<CommandEnd> {
  options.signal.throwIfAborted();
  options.guard.prepare?.();
  const child = spawn(options.file, options.args, {
    cwd: options.cwd,
    env: options.env,
    // Leader of a session and a group of its own: a signal reaches all of it, and no terminal can stop it.
    detached: true,
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const group = child.pid;
  if (group === undefined) {
    const [error] = (await once(child, "error")) as [Error];
    throw error;
  }
  options.guard.add(group);
  try {
    return await supervise(child, group, options);
  } finally {
    options.guard.remove(group);
  }
}

async function supervise(child: ChildProcess, group: number, options: ProcessOptions): Promise<CommandEnd> {
  const output = new Output(child, options.write);
  if (child.stdin !== null && options.stdin !== undefined) feed(child.stdin, options.stdin);
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once("exit", (code, name) => {
      resolve({ exitCode: code ?? undefined, signal: name ?? undefined });
    });
  });
  const abort = whenAborted(options.signal);
  try {
    const end = await Promise.race([ended, abort.fired, output.failed]);
    if (end === undefined) {
      await endGroup(group, options.grace);
      await sweep(options.cookie, { grace: Math.min(options.grace, LEFTOVER_GRACE) });
      await output.drain(options.cookie);
    } else {
      // A job's children never outlive it.
      if (signalGroup(group, 0)) await endGroup(group, Math.min(options.grace, LEFTOVER_GRACE));
      await output.drain(options.cookie, abort.fired);
    }
    if (output.failure !== undefined) throw output.failure.cause;
    options.signal.throwIfAborted();
    return await ended;
  } finally {
    abort.forget();
  }
}

function feed(stdin: Writable, text: string): void {
  // A command that does not read all of its input is no mistake.
  stdin.on("error", () => undefined);
  stdin.end(text);
}

function whenAborted(signal: AbortSignal): { readonly fired: Promise<void>; readonly forget: () => void } {
  let listener = (): void => undefined;
  const fired = new Promise<void>((resolve) => {
    listener = () => {
      resolve();
    };
  });
  signal.addEventListener("abort", listener, { once: true });
  return {
    fired,
    forget: () => {
      signal.removeEventListener("abort", listener);
    },
  };
}
