import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./driver-child.ts", import.meta.url));

/** A driver in a process of its own, which can be killed at any moment. */
export class Driven {
  readonly #child: ChildProcess;
  readonly #done: string[] = [];
  readonly #lines: NodeJS.EventEmitter;

  constructor(folder: string, steps: readonly string[]) {
    const args = ["--import", "tsx", SCRIPT, folder, JSON.stringify(steps)];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    if (this.#child.stdout === null) throw new Error("no output to read");
    const lines = createInterface(this.#child.stdout);
    lines.on("line", (line) => this.#done.push(line));
    this.#lines = lines;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when the step is done. */
  async done(step: string): Promise<void> {
    while (!this.#done.includes(step)) await once(this.#lines, "line");
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
