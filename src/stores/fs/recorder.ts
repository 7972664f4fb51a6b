import { closeSync, fdatasync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../model/index.ts";
import type { LogSink, RunRecorder } from "../../ports/index.ts";
import { logFileName } from "../../util/log-name.ts";
import { guarded, unwritable } from "./faults.ts";
import { encodeRecord } from "../_shared/record.ts";

/** Text kept before it is written, at most; so a wide pipeline does not hold its journal in memory. */
const FLUSH_AT = 262_144;

/**
 * Writes one run's journal. Appending only gathers text; {@link FileRecorder.commit} hands it to the system in one
 * write, after which the death of this process loses none of it. {@link FileRecorder.sync} waits for the disk as well:
 * all who ask while one synchronisation is under way share the next.
 */
export class FileRecorder implements RunRecorder {
  readonly #file: string;
  readonly logs: string;
  readonly #fd: number;
  #pending = "";
  #hasLogs = false;
  /** Whether something was handed to the system since the last synchronisation began. */
  #dirty = false;
  #syncing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(folder: string, file: string) {
    this.#file = join(folder, file);
    this.logs = join(folder, "logs");
    this.#fd = guarded(this.#file, () => openSync(this.#file, "a"));
  }

  append(event: RunEvent): void {
    // Readiness follows from the other records; it is for those who watch.
    if (event.type === "node.ready" || event.type === "node.log") return;
    this.#pending += encodeRecord(event);
    if (this.#pending.length > FLUSH_AT) this.commit();
  }

  commit(): undefined {
    if (this.#pending === "") return undefined;
    const bytes = Buffer.from(this.#pending);
    this.#pending = "";
    this.#dirty = true;
    guarded(this.#file, () => {
      writeAll(this.#fd, bytes);
    });
    return undefined;
  }

  sync(): Promise<void> | undefined {
    this.commit();
    if (!this.#dirty) return this.#syncing;
    if (this.#syncing === undefined) return this.#flush();
    // What is under way may have begun before the last write.
    return (this.#next ??= this.#syncing
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#flush();
      }));
  }

  /** A file has nobody else to write it: faults show where they happen. */
  watch(): void {
    return undefined;
  }

  #flush(): Promise<void> {
    this.#dirty = false;
    this.#syncing = new Promise<void>((resolve, reject) => {
      fdatasync(this.#fd, (error) => {
        this.#syncing = undefined;
        if (error === null) resolve();
        else reject(unwritable(this.#file, error));
      });
    });
    return this.#syncing;
  }

  log(node: string): LogSink {
    if (!this.#hasLogs) guarded(this.logs, () => mkdirSync(this.logs, { recursive: true }));
    this.#hasLogs = true;
    return new FileLog(join(this.logs, logFileName(node)));
  }

  close(): Promise<void> {
    return Promise.resolve(this.#next ?? this.#syncing).then(() => {
      try {
        this.commit();
        guarded(this.#file, () => {
          fsyncSync(this.#fd);
        });
      } finally {
        closeSync(this.#fd);
      }
    });
  }
}

/** One node's log. Written in the turn in which it comes: a pipe's next chunk is not read before this one is kept. */
class FileLog implements LogSink {
  readonly #file: string;
  readonly #fd: number;

  constructor(file: string) {
    this.#file = file;
    this.#fd = guarded(file, () => openSync(file, "a"));
  }

  write(chunk: Uint8Array): void {
    guarded(this.#file, () => {
      writeAll(this.#fd, chunk);
    });
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** A write may take less than it is given, on a disk that is nearly full for example. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done);
}
