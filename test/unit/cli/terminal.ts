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

  onInterrupt(): () => void {
    return () => undefined;
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
