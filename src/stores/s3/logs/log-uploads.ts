import { rm } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { isSluiceError, messageOf, SluiceError } from "../../../errors/index.ts";
import type { LogSink } from "../../../ports/index.ts";
import { logFileName } from "../../../util/log-name.ts";
import type { Bucket } from "../bucket.ts";
import type { SegmentName } from "../journal/segment.ts";
import { NodeLog } from "./node-log.ts";

/** The longest that something printed waits for its upload. Milliseconds. */
const EVERY = 2_000;

/** Logs that are uploaded at the same time. */
const AT_ONCE = 4;

export interface LogUploadsParts {
  readonly bucket: Bucket;
  readonly run: string;
  readonly segment: SegmentName;
  /** An absolute folder on this machine. */
  readonly spool: string;
  /** Rejects where the run is not this process's any more, so that nothing is uploaded. */
  readonly ensure: () => Promise<void>;
}

/** What a run's nodes print under one process: kept on this machine whole, and uploaded while they run. */
export class LogUploads {
  /** Absolute. Goes when all of it is uploaded. */
  readonly folder: string;
  readonly #bucket: Bucket;
  readonly #run: string;
  readonly #segment: SegmentName;
  readonly #ensure: () => Promise<void>;
  readonly #logs = new Map<string, NodeLog>();
  readonly #limit = pLimit(AT_ONCE);
  readonly #queued = new Set<NodeLog>();
  #timer: NodeJS.Timeout | undefined;
  #abandoned = false;

  constructor({ bucket, run, segment, spool, ensure }: LogUploadsParts) {
    this.#bucket = bucket;
    this.#run = run;
    this.#segment = segment;
    this.#ensure = ensure;
    this.folder = join(spool, `${run}-${segment}`);
  }

  open(node: string): LogSink {
    let log = this.#logs.get(node);
    if (log === undefined) {
      const place = {
        bucket: this.#bucket,
        run: this.#run,
        node,
        segment: this.#segment,
        file: join(this.folder, logFileName(node)),
        ensure: this.#ensure,
      };
      const made: NodeLog = new NodeLog(place, (full) => {
        if (full) void this.#upload(made);
        else this.#later();
      });
      log = made;
      this.#logs.set(node, log);
    }
    const opened = log;
    return opened.open(() => void this.#upload(opened));
  }

  /** Uploads what is there now. What could not be uploaded is tried again later. */
  async flush(): Promise<void> {
    await Promise.allSettled([...this.#logs.values()].map((log) => this.#limit(() => log.upload())));
  }

  /** Uploads the rest. What could not be uploaded stays in the folder, and is an error. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const logs = [...this.#logs.values()];
    const uploads = await Promise.allSettled(logs.map((log) => this.#limit(() => log.upload())));
    const failed = uploads.find((upload) => upload.status === "rejected");
    if (failed !== undefined) throw notUploaded(this.folder, failed.reason);
    await Promise.allSettled(logs.map((log) => this.#limit(() => log.merge())));
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Uploads nothing more; what is not uploaded stays in the folder. */
  abandon(): void {
    this.#abandoned = true;
    clearTimeout(this.#timer);
    for (const log of this.#logs.values()) log.abandon();
  }

  #later(): void {
    if (this.#abandoned) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const log of this.#logs.values()) if (!log.isUploaded) void this.#upload(log);
    }, EVERY);
    this.#timer.unref();
  }

  /** A fault is not told here: the next upload tries the same again, and the last one tells. */
  async #upload(log: NodeLog): Promise<void> {
    // One that is under way takes along what comes meanwhile.
    if (this.#queued.has(log)) return;
    this.#queued.add(log);
    try {
      await this.#limit(() => log.upload());
    } catch {
      this.#later();
    } finally {
      this.#queued.delete(log);
    }
  }
}

function notUploaded(folder: string, cause: unknown): SluiceError {
  const why = messageOf(cause);
  const code = isSluiceError(cause) ? cause.code : "STATE_UNWRITABLE";
  return new SluiceError(code, `${why}; what the nodes printed is in ${folder}`, {
    path: folder,
    hint: isSluiceError(cause) ? cause.hint : undefined,
    cause,
  });
}
