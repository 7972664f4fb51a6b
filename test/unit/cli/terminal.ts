import { Writable } from "node:stream";
import type { Command } from "../../../src/cli/arguments.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";

/** A terminal that keeps what is written to it. */
export class KeptTerminal implements Terminal {
  readonly printed: string[] = [];
  readonly complaints: string[] = [];
  readonly out = keeping(this.printed);
  readonly err = keeping(this.complaints);
  readonly env: Terminal["env"];
  readonly program = "npx tsx pipeline.ts";

  constructor(env: Terminal["env"] = {}) {
    this.env = env;
  }

  readonly #stops = new Set<(signal: NodeJS.Signals, again: boolean) => void>();

  /** How many would hear of Ctrl-C. */
  get listeners(): number {
    return this.#stops.size;
  }

  /** Ctrl-C, or its like. */
  interrupt(signal: NodeJS.Signals, again = false): void {
    for (const stop of this.#stops) stop(signal, again);
  }

  onInterrupt(stop: (signal: NodeJS.Signals, again: boolean) => void): () => void {
    this.#stops.add(stop);
    return () => this.#stops.delete(stop);
  }
}

function keeping(chunks: string[]): NodeJS.WriteStream {
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  return stream as unknown as NodeJS.WriteStream;
}

/** A command line as it was read. */
export function commandOf(flags: Command["flags"], operands: readonly string[] = []): Command {
  return { verb: undefined as never, operands, flags, params: {}, help: false };
}
