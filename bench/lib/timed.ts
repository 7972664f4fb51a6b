import { type ChildProcess, spawn } from "node:child_process";
import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import { cleanEnvironment } from "./environment.ts";

export interface Ended {
  readonly ms: number;
  /** The first 64 KiB. */
  readonly stdout: string;
  /** Bytes that came out, of both streams. */
  readonly bytes: number;
  /** MiB, the most that was resident, where the program says so on stderr as `rss KIB`. */
  readonly rss: number;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface TimedOptions {
  /** After so long everything that it started is killed, and it counts as failed. @defaultValue never */
  readonly timeoutMs?: number;
  /** Sees every chunk of stdout. */
  readonly onStdout?: (chunk: Buffer) => void;
}

const KEPT = 65_536;

/**
 * Runs a command to its end, in a clean environment. Its output is read and counted, as a terminal or CI would.
 *
 * @throws Error where it fails or takes too long, with the end of what it printed
 */
export async function timed(command: Command, options: TimedOptions = {}): Promise<Ended> {
  const env = { ...cleanEnvironment(), ...command.env };
  const begin = performance.now();
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: options.timeoutMs !== undefined,
  });
  const head: Buffer[] = [];
  const tails: { stdout: Buffer; stderr: Buffer } = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  let bytes = 0;
  let kept = 0;
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      // Copies nothing while much comes in: the reader must not be what is measured.
      tails[name] = chunk.length < 4_096 ? Buffer.concat([tails[name].subarray(-4_096), chunk]) : chunk;
      if (name === "stderr") return;
      if (kept < KEPT) kept += head.push(chunk) > 0 ? chunk.length : 0;
      options.onStdout?.(chunk);
    });
  let late = false as boolean;
  const timer = setTimeout(
    () => {
      late = true;
      killGroup(child);
    },
    options.timeoutMs ?? 2 ** 31 - 1,
  );
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  }).finally(() => clearTimeout(timer));
  const ms = performance.now() - begin;
  if (late) throw new Error(`not ended after ${(options.timeoutMs ?? 0) / 1_000} s`);
  if (code !== 0)
    throw new Error(
      `${basename(command.file)} ${command.args.join(" ")} ended with ${String(code)}\n${tails.stdout.toString().slice(-2_000)}${tails.stderr.toString().slice(-2_000)}`,
    );
  const stdout = Buffer.concat(head).toString();
  return { ms, stdout, bytes, rss: Number(/rss (\d+)/.exec(tails.stderr.toString())?.[1] ?? 0) / 1024 };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended in between.
  }
}
