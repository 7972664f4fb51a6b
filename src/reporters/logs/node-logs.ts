import { messageOf } from "../../errors/index.ts";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import type { NodeLog } from "../../model/index.ts";
import type { ReporterContext } from "../../ports/index.ts";
import { logFileName } from "../../util/log-name.ts";
import { MemoryTail } from "./memory-tail.ts";

/** How much of a node's output is kept in memory where the run keeps no log files. Bytes. */
const KEPT = 64 * 1024;

/** What nodes printed, read back from the run's log files, or from memory where there are none. */
export class NodeLogs {
  readonly #limit: number;
  readonly #printed = new Set<string>();
  readonly #kept = new Map<string, MemoryTail>();
  #folder: string | undefined;

  /** `limit`: bytes to keep of each node where there are no files. */
  constructor(limit = KEPT) {
    this.#limit = limit;
  }

  start(run: ReporterContext): void {
    this.#folder = run.logs;
  }

  push(event: NodeLog): void {
    this.#printed.add(event.node);
    if (this.#folder !== undefined || this.#limit === 0) return;
    const kept = this.#kept.get(event.node) ?? new MemoryTail(this.#limit);
    kept.push(event.chunk);
    this.#kept.set(event.node, kept);
  }

  /** Whether the node printed anything. */
  printed(node: string): boolean {
    return this.#printed.has(node);
  }

  /** Lets go of what is kept in memory of the node. */
  forget(node: string): void {
    this.#kept.delete(node);
  }

  /** The node's log file, where the run keeps one and the node printed anything. */
  file(node: string): string | undefined {
    if (this.#folder === undefined || !this.#printed.has(node)) return undefined;
    return path.join(this.#folder, logFileName(node));
  }

  /** Gives the whole log to `take`, chunk by chunk, waiting for it. A log that cannot be read says so instead. */
  async copy(node: string, take: (chunk: Uint8Array) => void | Promise<void>): Promise<void> {
    const file = this.file(node);
    if (file === undefined) {
      const kept = this.#kept.get(node);
      if (kept?.cut === true) await take(Buffer.from("(the beginning was not kept)\n"));
      if (kept !== undefined) await take(kept.bytes());
      return;
    }
    try {
      for await (const chunk of createReadStream(file)) await take(chunk as Buffer);
    } catch (error) {
      await take(Buffer.from(`(the log cannot be read: ${messageOf(error)})\n`));
    }
  }

  /** The last `length` bytes of the log, and whether there is more before them. Empty where it cannot be read. */
  async tail(node: string, length: number): Promise<{ readonly bytes: Buffer; readonly cut: boolean }> {
    const file = this.file(node);
    if (file === undefined) {
      const kept = this.#kept.get(node);
      const bytes = kept?.bytes() ?? Buffer.alloc(0);
      return { bytes: bytes.subarray(-length), cut: kept?.cut === true || bytes.length > length };
    }
    try {
      await using handle = await open(file);
      const { size } = await handle.stat();
      const from = Math.max(0, size - length);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
      return { bytes: buffer.subarray(0, bytesRead), cut: from > 0 };
    } catch {
      return { bytes: Buffer.alloc(0), cut: false };
    }
  }
}
