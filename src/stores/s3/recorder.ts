import type { RunEvent, RunOwner } from "../../model/index.ts";
import type { LogSink, RunRecorder } from "../../ports/index.ts";
import { journalHeader } from "../_shared/header.ts";
import { encodeRecord } from "../_shared/record.ts";
import type { Bucket } from "./bucket.ts";
import { GroupWriter } from "./journal/group-writer.ts";
import type { SegmentName } from "./journal/segment.ts";
import { SegmentWriter } from "./journal/segment-writer.ts";
import type { Lease } from "./lease/lease.ts";
import { LogUploads } from "./logs/log-uploads.ts";
import type { RunStateObject } from "./run-state.ts";

/** The size of an object of the journal at which the next is begun. Characters. */
const OBJECT_AT_MOST = 1_048_576;

export interface RecorderParts {
  readonly bucket: Bucket;
  readonly run: string;
  readonly pipeline: string;
  readonly term: number;
  readonly segment: SegmentName;
  readonly owner: RunOwner;
  /** Whether this process has made the run. */
  readonly made: boolean;
  readonly state: RunStateObject;
  /** Absent where this process only adds to the run. */
  readonly lease: Lease | undefined;
  /** An absolute folder on this machine, for what nodes print until it is uploaded. */
  readonly spool: string;
  /** Called at the end, whatever becomes of it. */
  readonly onClose: () => Promise<void>;
}

interface Item {
  readonly event: RunEvent;
  readonly text: string;
}

/** Writes one process's part of a run. What is committed together goes into one object. */
export class S3Recorder implements RunRecorder {
  readonly logs: string;
  readonly #parts: RecorderParts;
  readonly #journal: GroupWriter<Item>;
  readonly #segment: SegmentWriter;
  readonly #uploads: LogUploads;
  #head: string;
  #firstAt: number | undefined;
  #fault: unknown;
  #onFault: ((error: unknown) => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: RecorderParts) {
    const { bucket, run, segment, owner, lease, spool } = parts;
    this.#parts = parts;
    this.#head = encodeRecord(journalHeader(owner));
    this.#segment = new SegmentWriter(bucket, run, segment);
    this.#uploads = new LogUploads({
      bucket,
      run,
      segment,
      spool,
      ensure: () => lease?.ensure() ?? Promise.resolve(),
    });
    this.logs = this.#uploads.folder;
    this.#journal = new GroupWriter((items) => this.#write(items), OBJECT_AT_MOST);
    lease?.onLost((fault) => {
      this.#fail(fault);
    });
  }

  append(event: RunEvent): void {
    // Readiness follows from the other records; it is for those who watch.
    if (event.type === "node.ready" || event.type === "node.log") return;
    const text = encodeRecord(event);
    this.#journal.add({ event, text }, text.length);
  }

  commit(): Promise<void> | undefined {
    return this.#journal.flush();
  }

  /** What the server has taken outlives this machine. */
  sync(): Promise<void> | undefined {
    return this.#journal.flush();
  }

  watch(onFault: (error: unknown) => void): void {
    this.#onFault = onFault;
    if (this.#fault !== undefined) onFault(this.#fault);
  }

  log(node: string): LogSink {
    return this.#uploads.open(node);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #write(items: readonly Item[]): Promise<void> {
    const { lease, made, state, term, pipeline } = this.#parts;
    try {
      await lease?.ensure();
      const at = items[0]?.event.at ?? 0;
      const firstAt = (this.#firstAt ??= at);
      const startedAt = (known: number | undefined): number => (made ? firstAt : (known ?? firstAt));
      // Before the journal, so that a run that goes on is never listed as one that has ended.
      if (!made && items.some(({ event }) => event.type === "run.started")) {
        await state.write(term, (before) => ({
          pipeline,
          state: "running",
          reason: "",
          startedAt: startedAt(before?.startedAt),
          lastAt: at,
        }));
      }
      await this.#segment.write(this.#head + items.map(({ text }) => text).join(""));
      this.#head = "";
      const end = items.findLast(({ event }) => event.type === "run.finished")?.event;
      if (end?.type !== "run.finished") return;
      // After the journal, which is what counts, and after the logs, which are followed until the run has ended.
      await this.#uploads.flush();
      // What ended only a part of the run leaves it to the journal how all of it stands.
      const isPart = end.partial === true;
      await state.write(term, (before) => ({
        pipeline,
        state: isPart ? "running" : end.state,
        reason: isPart ? "" : end.reason,
        startedAt: startedAt(before?.startedAt),
        lastAt: end.at,
      }));
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #fail(error: unknown): void {
    if (this.#fault !== undefined) return;
    this.#fault = error;
    this.#journal.fail(error instanceof Error ? error : new Error(String(error)));
    this.#onFault?.(error);
  }

  async #close(): Promise<void> {
    try {
      // A fault has been told to whoever appended; and a run that is another process's is not written to.
      await this.#journal.flush()?.catch(() => undefined);
      await this.#journal.settled();
      if (this.#fault === undefined) {
        // Not merged, the journal is as good, and only takes more requests.
        await Promise.all([this.#segment.merge().catch(() => undefined), this.#uploads.close()]);
      } else this.#uploads.abandon();
    } finally {
      await this.#parts.onClose();
    }
  }
}
