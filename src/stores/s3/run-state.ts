import type { RunState } from "../../model/index.ts";
import { Reader } from "../../util/state/reader.ts";
import type { Bucket, Condition } from "./bucket.ts";
import { corruptObject, MOST_CHANGES, unsettled } from "./faults.ts";
import { stateKey } from "./keys.ts";

const VERSION = 1;
const STATES = ["passed", "failed", "cancelled", "suspended", "running"] as const;

/** How a run stands, in one small object, so that a list of runs needs no journal. */
export interface RecordedRunState {
  readonly version: typeof VERSION;
  readonly run: string;
  readonly pipeline: string;
  /** `running` says only that a process has begun: whether it is still there, the lease says, and else the journal. */
  readonly state: RunState | "running";
  readonly reason: string;
  /** Of the first event and the last. Milliseconds since 1970. */
  readonly startedAt: number;
  readonly lastAt: number;
  /** See `LeaseRecord`; an earlier holder never replaces what a later one says. */
  readonly term: number;
}

interface Found {
  readonly value: RecordedRunState;
  readonly etag: string;
}

/** Keeps one run's state. */
export class RunStateObject {
  readonly #bucket: Bucket;
  readonly #run: string;
  #found: Found | undefined;

  constructor(bucket: Bucket, run: string) {
    this.#bucket = bucket;
    this.#run = run;
  }

  async read(): Promise<RecordedRunState | undefined> {
    const key = stateKey(this.#run);
    const found = await this.#bucket.getJson(key);
    this.#found = found && { value: readState(found.value, this.#bucket.url(key)), etag: found.etag };
    return this.#found?.value;
  }

  /** Makes the object of a new run. */
  async begin(pipeline: string, at: number, term: number): Promise<void> {
    await this.write(term, () => ({
      pipeline,
      state: "running",
      reason: "",
      startedAt: at,
      lastAt: at,
    }));
  }

  /** `next` gets what is there, and gives what is to be. Does nothing where a later holder has written. */
  async write(
    term: number,
    next: (before: RecordedRunState | undefined) => Omit<RecordedRunState, "version" | "run" | "term">,
  ): Promise<void> {
    for (let attempt = 0; attempt < MOST_CHANGES; attempt++) {
      const before = this.#found;
      if (before !== undefined && before.value.term > term) return;
      const value = { version: VERSION, run: this.#run, term, ...next(before?.value) } as const;
      const when: Condition = before === undefined ? { absent: true } : { etag: before.etag };
      const etag = await this.#bucket.put(stateKey(this.#run), JSON.stringify(value), { when });
      if (etag !== undefined) {
        this.#found = { value, etag };
        return;
      }
      // Somebody else's, or this one with its answer lost: in both cases what is there now is what to go on from.
      if ((await this.read()) === undefined && before !== undefined) return;
    }
    throw unsettled(this.#bucket.url(stateKey(this.#run)));
  }
}

function readState(value: unknown, url: string): RecordedRunState {
  const read = new Reader((problem) => corruptObject(url, `makes no sense: ${problem}`));
  const state = read.object(value, "state");
  if (state["version"] !== VERSION) {
    throw corruptObject(
      url,
      `is of version ${JSON.stringify(state["version"])}, this Sluice reads ${VERSION}`,
    );
  }
  return {
    version: VERSION,
    run: read.text(state["run"], "run"),
    pipeline: read.text(state["pipeline"], "pipeline"),
    state: read.oneOf(state["state"], "state", STATES),
    reason: read.text(state["reason"], "reason"),
    startedAt: read.integer(state["startedAt"], "startedAt"),
    lastAt: read.integer(state["lastAt"], "lastAt"),
    term: read.integer(state["term"], "term"),
  };
}
