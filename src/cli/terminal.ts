import { basename, relative } from "node:path";

/** What a command line works with: real streams in a process, others in tests. */
export interface Terminal {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the user started it, for hints: `npx tsx pipeline.ts`. */
  readonly program: string;
  /** Calls `stop` at Ctrl-C and its like; gives what takes it back. */
  onInterrupt(stop: (signal: NodeJS.Signals, again: boolean) => void): () => void;
}

/** Milliseconds. */
const STDERR_AFTER = 20;

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** This process's. */
export function processTerminal(script: string | undefined): Terminal {
  // A reader that went away (`| head`) ends the showing, not the run.
  process.stdout.on("error", ignoreClosedPipe);
  let err: NodeJS.WriteStream | undefined;
  const errors = (): NodeJS.WriteStream => (err ??= process.stderr.on("error", ignoreClosedPipe));
  // Node takes a millisecond to make the stream, which can wait until jobs run and this process does not.
  setTimeout(errors, STDERR_AFTER).unref();
  return {
    out: process.stdout,
    get err() {
      return errors();
    },
    env: process.env,
    program: programName(script),
    onInterrupt: (stop) => {
      let times = 0;
      const listener = (signal: NodeJS.Signals): void => {
        times++;
        stop(signal, times > 1);
      };
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

function programName(script: string | undefined): string {
  if (script === undefined) return "sluice";
  const shown = relative(process.cwd(), script);
  const path = shown.startsWith("..") ? script : shown;
  return /\.[cm]?tsx?$/.test(basename(path)) ? `npx tsx ${path}` : `node ${path}`;
}
