import { SluiceError } from "../../../errors/index.ts";
import type { Bucket } from "../bucket.ts";
import { MOST_CHANGES, unsettled } from "../faults.ts";
import { leaseKey } from "../keys.ts";
import { readLeaseRecord, type LeaseRecord } from "./lease-record.ts";

/** A run that this process has taken. Gives signs of life until it is released. */
export class Lease {
  readonly #bucket: Bucket;
  readonly #run: string;
  readonly #beats: NodeJS.Timeout;
  #record: LeaseRecord;
  #etag: string;
  #confirmed: Moment;
  #renewing: Promise<void> | undefined;
  #lost: SluiceError | undefined;
  #ended = false;
  readonly #onLost: ((fault: SluiceError) => void)[] = [];

  /** `confirmed`: just before the request was sent that took it. */
  constructor(bucket: Bucket, run: string, held: { record: LeaseRecord; etag: string; confirmed: Moment }) {
    this.#bucket = bucket;
    this.#run = run;
    this.#record = held.record;
    this.#etag = held.etag;
    this.#confirmed = held.confirmed;
    const every = held.record.length / 3;
    this.#beats = setInterval(() => {
      // A server that cannot be reached now may be there again at the next beat; a run that is lost tells by itself.
      this.#renew(AbortSignal.timeout(every)).catch(() => undefined);
    }, every);
    this.#beats.unref();
  }

  get record(): LeaseRecord {
    return this.#record;
  }

  onLost(listener: (fault: SluiceError) => void): void {
    if (this.#lost === undefined) this.#onLost.push(listener);
    else listener(this.#lost);
  }

  /**
   * Resolves where the run is this process's at this moment.
   *
   * @throws SluiceError `RUN_BUSY` where another process has it
   */
  async ensure(): Promise<void> {
    if (this.#lost === undefined && elapsed(this.#confirmed) < this.#record.length) return;
    await this.#renewing?.catch(() => undefined);
    if (this.#lost !== undefined) throw this.#lost;
    if (elapsed(this.#confirmed) >= this.#record.length) await this.#renew();
  }

  /** Notes that all earlier segments are closed; goes out with the next sign of life. */
  sealed(): void {
    this.#record = { ...this.#record, unsealed: [] };
  }

  /** Never rejects: a lease that could not be given back ends by itself. */
  async release(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#beats);
    await this.#renewing?.catch(() => undefined);
    if (this.#lost !== undefined) return;
    await this.#write({ released: true }).catch(() => undefined);
  }

  #renew(signal?: AbortSignal): Promise<void> {
    this.#renewing ??= this.#write({}, signal).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #write(change: Partial<LeaseRecord>, signal?: AbortSignal): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    const key = leaseKey(this.#run);
    for (let attempt = 0; attempt < MOST_CHANGES; attempt++) {
      const confirmed = moment();
      const record = { ...this.#record, ...change, beat: this.#record.beat + 1, at: Date.now() };
      const options = { when: { etag: this.#etag }, ...(signal === undefined ? {} : { signal }) };
      const etag = await this.#bucket.put(key, JSON.stringify(record), options);
      if (etag !== undefined) {
        this.#record = record;
        this.#etag = etag;
        this.#confirmed = confirmed;
        return;
      }
      // It has changed: by an earlier write of this process whose answer was lost, or by somebody else.
      const there = await this.#bucket.getJson(key, signal);
      const found = there && readLeaseRecord(there.value, this.#bucket.url(key));
      if (there === undefined || found?.nonce !== this.#record.nonce) throw this.#lose(found);
      this.#record = { ...this.#record, beat: found.beat };
      this.#etag = there.etag;
    }
    throw unsettled(this.#bucket.url(key));
  }

  #lose(to: LeaseRecord | undefined): SluiceError {
    clearInterval(this.#beats);
    const by =
      to === undefined ? "has been removed" : `has been taken over by process ${to.owner.pid} on ${to.host}`;
    this.#lost = new SluiceError("RUN_BUSY", `run ${this.#run} ${by}`, {
      path: this.#bucket.url(leaseKey(this.#run)),
      hint: "This process had given no sign of life for too long. See how the run stands with `show`.",
    });
    for (const listener of this.#onLost.splice(0)) listener(this.#lost);
    return this.#lost;
  }
}

/** A moment by both of this machine's clocks: one stops where the machine sleeps, the other may be set. */
export interface Moment {
  readonly ticks: number;
  readonly wall: number;
}

export function moment(): Moment {
  return { ticks: performance.now(), wall: Date.now() };
}

/** Milliseconds since then, the more of both clocks. */
function elapsed({ ticks, wall }: Moment): number {
  return Math.max(performance.now() - ticks, Date.now() - wall);
}
