import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Writable } from "node:stream";
import type { Reporter } from "../../../src/ports/index.ts";
import { type RunFixture, writeLogs } from "../../fixtures/events.ts";

/** A stream that keeps what is written. */
export class Collected extends Writable {
  readonly #chunks: Buffer[] = [];
  isTTY = false;
  columns = 80;
  rows = 24;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  text(): string {
    return this.bytes().toString("utf8");
  }

  /** How often something was written. */
  get writes(): number {
    return this.#chunks.length;
  }
}

/** A stream whose reader takes nothing until it is told to. */
export class Stalled extends Writable {
  #release: (() => void) | undefined;
  readonly #chunks: Buffer[] = [];

  constructor() {
    super({ highWaterMark: 16 });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    this.#release = done;
  }

  /** Takes all that is waiting. */
  async take(): Promise<void> {
    while (this.#release !== undefined) {
      const release = this.#release;
      this.#release = undefined;
      release();
      await new Promise(setImmediate);
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

/** A folder that is gone after the test: `await using folder = await scratch()`. */
export async function scratch(): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-reporters-"));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Tells the reporter the run, with its log files, unless `files` is false. */
export async function tell(
  reporter: Reporter,
  run: RunFixture,
  options: { readonly files?: boolean; readonly root?: string } = {},
): Promise<void> {
  await using folder = await scratch();
  const logs = path.join(folder.path, "logs");
  if (options.files !== false) await writeLogs(run, logs);
  reporter.start?.({
    run: run.result.run,
    plan: run.plan,
    root: options.root ?? "/work/app",
    ...(options.files === false ? {} : { logs }),
  });
  for (const event of run.events) await reporter.event(event);
  await reporter.finish?.(run.result);
}

/** The output with its control characters made visible, so that a golden file can be read. */
export function visible(output: string): string {
  return output
    .replaceAll("\u001b", "␛")
    .replaceAll("\r", "␍")
    .replaceAll("\u0007", "␇")
    .replaceAll("\u0008", "␈")
    .replaceAll("\u0000", "␀");
}

/** Paths of golden files, for `toMatchFileSnapshot`. */
export function golden(name: string): string {
  return path.join(import.meta.dirname, "../../golden/reporters", name);
}
