import { closeSync, fdatasync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { SluiceError } from "../../errors/index.ts";
import type { RunEvent } from "../../model/index.ts";
import type { LogSink, RunRecorder } from "../../ports/index.ts";
import { logFileName } from "../../util/log-name.ts";
import { encodeRecord } from "../_shared/record.ts";
import { guarded, unwritable } from "./faults.ts";
import { GroupSync } from "./group-sync.ts";
import { FileLog } from "./log.ts";
import { enterRun } from "./open-runs.ts";
import { syncFolder } from "./sync-path.ts";
import { writeAll } from "./write-all.ts";

/** Text kept before it is written, at most; so a wide pipeline does not hold its journal in memory. */
const FLUSH_AT = 262_144;

export interface FileRecorderOptions {
  /** Absolute, of the run. */
  readonly folder: string;
  /** Of the journal's file in it. */
  readonly name: string;
  /** What is written before the first event. */
  readonly head?: string;
  /** `fdatasync` of `node:fs` but in tests. */
  readonly datasync?: (fd: number, done: (error: Error | null) => void) => void;
}

/**
 * Writes one run's journal. Appending only gathers text; {@link FileRecorder.commit} hands it to the system in one
 * write, after which the death of this process loses none of it. {@link FileRecorder.sync} waits for the disk as well.
 */
export class FileRecorder implements RunRecorder {
  readonly #file: string;
  readonly logs: string;
  readonly #fd: number;
  readonly #sync: GroupSync;
  readonly #leave: () => void;
  #pending: string;
  #hasLogs = false;
  /** Why nothing more is written: a record that is there in part must stay the last one. */
  #fault: SluiceError | undefined;
  #closed: Promise<void> | undefined;

  constructor({ folder, name, head = "", datasync = fdatasync }: FileRecorderOptions) {
    this.#file = join(folder, name);
    this.logs = join(folder, "logs");
    this.#pending = head;
    this.#fd = guarded(this.#file, () => openSync(this.#file, "a"));
    // The names of the file and its folder are as new as what is in them.
    let folders: Promise<unknown> | undefined;
    this.#sync = new GroupSync((done) => {
      folders ??= Promise.all([syncFolder(folder), syncFolder(dirname(folder))]);
      datasync(this.#fd, (error) => {
        void folders?.then(() => {
          done(error === null ? null : unwritable(this.#file, error));
        });
      });
    });
    this.#sync.wrote();
    this.#leave = enterRun(folder);
  }

  append(event: RunEvent): void {
    // Readiness follows from the other records; it is for those who watch.
    if (event.type === "node.ready" || event.type === "node.log") return;
    this.#pending += encodeRecord(event);
    if (this.#pending.length > FLUSH_AT) this.commit();
  }

  commit(): undefined {
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#pending === "") return undefined;
    const bytes = Buffer.from(this.#pending);
    this.#pending = "";
    try {
      writeAll(this.#fd, bytes);
    } catch (error) {
      this.#fault = unwritable(this.#file, error);
      throw this.#fault;
    }
    this.#sync.wrote();
    return undefined;
  }

  sync(): Promise<void> | undefined {
    this.commit();
    return this.#sync.ask();
  }

  /** A file has nobody else to write it: faults show where they happen. */
  watch(): void {
    return undefined;
  }

  log(node: string): LogSink {
    if (!this.#hasLogs) guarded(this.logs, () => mkdirSync(this.logs, { recursive: true }));
    this.#hasLogs = true;
    return new FileLog(join(this.logs, logFileName(node)));
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#sync.settled();
    try {
      // A fault has been told to whoever appended, and there is nothing left to do about it.
      if (this.#fault !== undefined) return;
      this.commit();
      guarded(this.#file, () => {
        fsyncSync(this.#fd);
      });
    } finally {
      // The number of a closed file is soon another file's.
      this.#fault ??= new SluiceError("STATE_UNWRITABLE", `${this.#file} is closed`);
      closeSync(this.#fd);
      this.#leave();
    }
  }
}
