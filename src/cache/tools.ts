import { spawn } from "node:child_process";
import { realpathSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { formatDuration } from "../util/duration.ts";
import { CacheFault } from "./fault.ts";

const TIMEOUT = 30_000;
const MOST_BYTES = 1 << 20;

/** Runs commands that tell the versions of tools, each once in a run, for all nodes that name it. */
export class Tools {
  readonly #cwd: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #outputs = new Map<string, Promise<string>>();
  readonly #timeout: number;

  constructor(cwd: string, env: Readonly<Record<string, string>>, timeout = TIMEOUT) {
    this.#cwd = cwd;
    this.#env = env;
    this.#timeout = timeout;
  }

  /**
   * What the command prints, on both of its streams: some tools tell their version on the one for errors.
   *
   * @throws CacheFault where it fails, prints nothing, or takes too long
   */
  output(command: string): Promise<string> {
    let output = this.#outputs.get(command);
    if (output === undefined) {
      output = this.#run(command);
      // Each node that asks hears of it.
      output.catch(() => undefined);
      this.#outputs.set(command, output);
    }
    return output;
  }

  async #run(command: string): Promise<string> {
    if (command === "node --version" && this.#isThisNode()) return process.version;
    const { output, problem } = await execute(command, this.#cwd, this.#env, this.#timeout);
    if (problem !== undefined) throw new CacheFault(`the tool \`${command}\` ${problem}`);
    if (output === "") throw new CacheFault(`the tool \`${command}\` prints nothing`);
    return output;
  }

  /** Whether `node` is the program of this process: then its version needs no process to be told. */
  #isThisNode(): boolean {
    if ("NODE_OPTIONS" in this.#env) return false;
    for (const folder of (this.#env["PATH"] ?? "").split(delimiter)) {
      if (!isAbsolute(folder)) return false;
      const file = join(folder, "node");
      const info = statSync(file, { throwIfNoEntry: false });
      if (info?.isFile() === true && (info.mode & 0o111) !== 0)
        return realpathSync(file) === realpathSync(process.execPath);
    }
    return false;
  }
}

interface Execution {
  readonly output: string;
  /** In words; absent where the command ended well. */
  readonly problem: string | undefined;
}

function execute(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
  timeout: number,
): Promise<Execution> {
  return new Promise((resolve) => {
    // The leader of a group, so that all of it can be ended.
    const child = spawn("sh", ["-c", command], {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Apart from each other: which of them comes first is left to chance.
    const [out, errors]: [Buffer[], Buffer[]] = [[], []];
    let size = 0;
    let problem: string | undefined;
    const end = (why: string): void => {
      problem ??= why;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(() => {
      end(`took longer than ${formatDuration(timeout)}`);
    }, timeout);
    const take = (chunks: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) end(`prints more than ${MOST_BYTES} bytes`);
      else chunks.push(chunk);
    };
    child.stdout.on("data", take(out));
    child.stderr.on("data", take(errors));
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ output: "", problem: `cannot be run: ${error.message}` });
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const how = signal === null ? `fails with exit code ${String(code)}` : `was ended by ${signal}`;
      const output = Buffer.concat([...out, ...errors])
        .toString()
        .trim();
      const said = output === "" ? "" : `: ${output.split("\n", 1)[0] ?? ""}`;
      resolve({ output, problem: problem ?? (code === 0 ? undefined : `${how}${said}`) });
    });
  });
}
