import { SluiceError } from "../../../errors/index.ts";
import type { Bucket } from "../bucket.ts";
import { isSeal } from "./seal.ts";
import { mergedKey, slotKey, type SegmentName } from "./segment.ts";

/** Text that is kept to be merged when the segment is closed. Longer journals stay in parts. */
const MERGED_AT_MOST = 8 * 1024 * 1024;

/** Writes one segment, object by object. */
export class SegmentWriter {
  readonly #bucket: Bucket;
  readonly #run: string;
  readonly #segment: SegmentName;
  #last = 0;
  #text: string[] | undefined = [];
  #length = 0;

  constructor(bucket: Bucket, run: string, segment: SegmentName) {
    this.#bucket = bucket;
    this.#run = run;
    this.#segment = segment;
  }

  /** @throws SluiceError `RUN_BUSY` where another process has taken the run and closed this segment */
  async write(text: string): Promise<void> {
    const key = slotKey(this.#run, this.#segment, this.#last + 1);
    if ((await this.#bucket.put(key, text, { when: { absent: true } })) === undefined)
      await this.#check(key, text);
    this.#last += 1;
    this.#keep(text);
  }

  /** The number is taken: by this very write, whose answer was lost, or by the seal of another process. */
  async #check(key: string, text: string): Promise<void> {
    const there = await this.#bucket.get(key);
    if (there?.bytes.equals(Buffer.from(text)) === true) return;
    const url = this.#bucket.url(key);
    if (there !== undefined && isSeal(there.bytes)) {
      throw new SluiceError("RUN_BUSY", `run ${this.#run} has been taken over by another process`, {
        path: url,
        hint: "This process had given no sign of life for too long. See how the run stands with `show`.",
      });
    }
    throw new SluiceError("STATE_CORRUPT", `${url} was written by somebody else`, {
      path: url,
      hint: "Nothing but Sluice may write below the prefix. Start a new run.",
    });
  }

  /** Puts one object in the place of many, so that the run is read with few requests. */
  async merge(): Promise<void> {
    if (this.#text === undefined || this.#last < 2) return;
    const upTo = this.#last;
    await this.#bucket.put(mergedKey(this.#run, this.#segment, upTo), this.#text.join(""));
    this.#text = undefined;
    await this.#bucket.delete(
      Array.from({ length: upTo }, (_, index) => slotKey(this.#run, this.#segment, index + 1)),
    );
  }

  #keep(text: string): void {
    this.#length += text.length;
    if (this.#length > MERGED_AT_MOST) this.#text = undefined;
    this.#text?.push(text);
  }
}
