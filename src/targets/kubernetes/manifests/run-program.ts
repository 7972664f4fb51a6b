import { SluiceError } from "../../../errors/index.ts";
import type { ProcessGuard } from "../../../ports/index.ts";

/** How long a program has between SIGTERM and SIGKILL. */
const GRACE = 20_000;

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Keeps it from outliving the run. */
  readonly processes?: ProcessGuard;
  /** For its standard input. @defaultValue it has none */
  readonly input?: string;
  /** Takes what it says on standard error, as it comes. */
  readonly report?: (chunk: string) => void;
}

export interface ProgramEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @throws SluiceError `TOOL_MISSING` where it is not there, `CANCELLED`
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, signal, processes, input, report }: ProgramOptions,
): Promise<ProgramEnd> {
  signal.throwIfAborted();
  const { execa } = await import("execa");
  processes?.prepare?.();
  const child = execa(program, args, {
    cwd,
    env: { ...env },
    extendEnv: false,
    ...(input === undefined ? { stdin: "ignore" } : { input }),
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
    // A group of its own, so that a Ctrl-C at the terminal reaches it through us alone, and once.
    detached: true,
    cancelSignal: signal,
    forceKillAfterDelay: GRACE,
    cleanup: false,
  });
  const group = child.pid;
  if (group !== undefined) processes?.add(group);
  child.stderr.on("data", (chunk: Buffer) => report?.(chunk.toString()));
  try {
    const { exitCode, stdout, stderr, code } = await child;
    if (code === "ENOENT") throw new SluiceError("TOOL_MISSING", `the program ${program} is not on the PATH`);
    signal.throwIfAborted();
    return { code: exitCode ?? -1, stdout, stderr };
  } finally {
    if (group !== undefined) processes?.remove(group);
  }
}
