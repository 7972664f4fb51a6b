import type { Terminal } from "./terminal.ts";

/** What a process that was interrupted ends with. */
export const INTERRUPTED = 130;

/** What has been heard of Ctrl-C and its like. */
export interface Interrupts {
  readonly by: NodeJS.Signals | undefined;
  /** Listens no more. */
  settle(): void;
}

/** Listens for Ctrl-C and its like: the first one is passed on, so that all is left in order; the second kills. */
export function hearInterrupts(terminal: Terminal, stop: (signal: NodeJS.Signals) => void): Interrupts {
  let by: NodeJS.Signals | undefined;
  const settle = terminal.onInterrupt((signal, again) => {
    by = signal;
    if (again) {
      // The guard ends the processes that were started when this one is gone.
      process.exit(INTERRUPTED);
    }
    terminal.err.write(`\n${signal}: stopping; once more to kill\n`);
    stop(signal);
  });
  return {
    get by() {
      return by;
    },
    settle,
  };
}
