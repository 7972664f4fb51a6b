import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import type { LogSink } from "../../../ports/index.ts";
import type { Bucket } from "../bucket.ts";
import type { SegmentName } from "../journal/segment.ts";
import { spoolFault } from "./spool-fault.ts";
import { logPartKey, mergedLogKey } from "./log-keys.ts";

/** The size of a part. Bytes. */
export const PART = 1_048_576;

/** Logs up to this size become one object when their run is closed. Bytes. */
const MERGED_AT_MOST = 16 * PART;

/** Where a node's log belongs. */
export interface LogPlace {
  readonly bucket: Bucket;
  readonly run: string;
  readonly node: string;
  readonly segment: SegmentName;
  /** On this machine. */
  readonly file: string;
  /** See `LogUploadsParts`. */
  readonly ensure: () => Promise<void>;
}

/** One node's log: a file on this machine, and behind it its parts in the bucket. */
export class NodeLog {
  readonly #place: LogPlace;
  readonly #onGrowth: (full: boolean) => void;
  readonly #parts: string[] = [];
  #written = 0;
  #uploaded = 0;
  #uploading: Promise<void> = Promise.resolve();
  #abandoned = false;

  /** `onGrowth` is called when something was printed; `full` where it is enough for a part. */
  constructor(place: LogPlace, onGrowth: (full: boolean) => void) {
    this.#place = place;
    this.#onGrowth = onGrowth;
  }

  open(onClose: () => void): LogSink {
    const { file } = this.#place;
    const fd = spoolFault(file, () => {
      mkdirSync(dirname(file), { recursive: true });
      return openSync(file, "a");
    });
    return {
      write: (chunk) => {
        // In the turn in which it comes, so that a pipe's next chunk is not read before this one is kept.
        spoolFault(file, () => {
          for (let done = 0; done < chunk.length;) done += writeSync(fd, chunk, done, chunk.length - done);
        });
        this.#written += chunk.length;
        this.#onGrowth(this.#written - this.#uploaded >= PART);
      },
      close: () => {
        closeSync(fd);
        onClose();
      },
    };
  }

  get isUploaded(): boolean {
    return this.#uploaded === this.#written;
  }

  /** Uploads what is not yet. Part by part, so that a reader never finds a gap. */
  upload(): Promise<void> {
    const next = this.#uploading.catch(() => undefined).then(() => this.#upload());
    this.#uploading = next;
    return next;
  }

  async #upload(): Promise<void> {
    const { bucket, run, node, segment, ensure } = this.#place;
    while (this.#uploaded < this.#written && !this.#abandoned) {
      const bytes = await this.#read(this.#uploaded, Math.min(PART, this.#written - this.#uploaded));
      const key = logPartKey(run, node, segment, this.#uploaded);
      await ensure();
      await bucket.put(key, bytes);
      this.#parts.push(key);
      this.#uploaded += bytes.length;
    }
  }

  /** Nothing more is uploaded. */
  abandon(): void {
    this.#abandoned = true;
  }

  /** Puts one object in the place of many, so that the log is read with few requests. */
  async merge(): Promise<void> {
    const { bucket, run, node, segment } = this.#place;
    if (this.#parts.length < 2 || this.#uploaded > MERGED_AT_MOST) return;
    await bucket.put(mergedLogKey(run, node, segment), await this.#read(0, this.#uploaded));
    await bucket.delete(this.#parts);
  }

  async #read(from: number, length: number): Promise<Buffer> {
    await using handle = await open(this.#place.file);
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }
}
