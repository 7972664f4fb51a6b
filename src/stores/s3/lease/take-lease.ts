import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { SluiceError } from "../../../errors/index.ts";
import { formatDuration } from "../../../util/duration.ts";
import { thisProcess } from "../../../util/process/identity.ts";
import { machineName } from "../../../util/process/machine.ts";
import type { Bucket, Condition } from "../bucket.ts";
import { holderSegment } from "../journal/segment.ts";
import { sealSegment } from "../journal/seal.ts";
import { MOST_CHANGES, unsettled } from "../faults.ts";
import { leaseKey } from "../keys.ts";
import { newLeaseRecord, readLeaseRecord, type LeaseRecord } from "./lease-record.ts";
import { Lease, moment } from "./lease.ts";
import { standingOf, type Standing } from "./standing.ts";

/** A lease as it stands in the bucket. */
export interface FoundLease {
  readonly record: LeaseRecord;
  readonly etag: string;
  readonly standing: Standing;
}

export interface TakeOptions {
  /** See `placeOf`. */
  readonly place: string | null;
  /** Milliseconds. */
  readonly length: number;
  /** Whether the run was made just now, so that nobody can have it. */
  readonly fresh?: boolean;
  /** Whether a holder that cannot be looked at from here counts as gone. */
  readonly takeOver?: boolean;
}

/** `undefined` where nobody has ever taken the run. */
export async function findLease(
  bucket: Bucket,
  run: string,
  place: string | null,
): Promise<FoundLease | undefined> {
  const key = leaseKey(run);
  const found = await bucket.getJson(key);
  if (found === undefined) return undefined;
  const record = readLeaseRecord(found.value, bucket.url(key));
  const now = bucket.clock.now();
  // A server that gives no times gives no age either, and then nobody is ever too late.
  const age = now === undefined || found.modified === 0 ? undefined : now - found.modified;
  return { record, etag: found.etag, standing: standingOf(record, age, place) };
}

/**
 * Takes a run. Of several that try at once, the server lets one write; the segments of earlier holders are closed before
 * this returns, so that what is read from then on stays true.
 *
 * @throws SluiceError `RUN_BUSY`
 */
export async function takeLease(bucket: Bucket, run: string, options: TakeOptions): Promise<Lease> {
  const nonce = randomBytes(8).toString("hex");
  for (let attempt = 0; attempt < MOST_CHANGES; attempt++) {
    const isFresh = options.fresh === true && attempt === 0;
    const found = isFresh ? undefined : await findLease(bucket, run, options.place);
    if (found !== undefined && found.record.nonce !== nonce && isBusy(found, options))
      throw busy(bucket, run, found);
    const record = found?.record.nonce === nonce ? found.record : recordAfter(found?.record, nonce, options);
    const confirmed = moment();
    const when: Condition = found === undefined ? { absent: true } : { etag: found.etag };
    const etag = await bucket.put(leaseKey(run), JSON.stringify(record), { when });
    if (etag === undefined) continue;
    const lease = new Lease(bucket, run, { record, etag, confirmed });
    try {
      for (const segment of record.unsealed) await sealSegment(bucket, run, segment, record.segment);
    } catch (error) {
      await lease.release();
      throw error;
    }
    lease.sealed();
    return lease;
  }
  throw unsettled(bucket.url(leaseKey(run)));
}

function isBusy({ record, standing }: FoundLease, { place, takeOver = false }: TakeOptions): boolean {
  const seen = record.place !== null && record.place === place;
  return standing.held && (seen || !takeOver);
}

function recordAfter(before: LeaseRecord | undefined, nonce: string, options: TakeOptions): LeaseRecord {
  const term = (before?.term ?? 0) + 1;
  return newLeaseRecord({
    term,
    segment: holderSegment(term, nonce),
    unsealed: before === undefined ? [] : [...before.unsealed, before.segment],
    nonce,
    owner: thisProcess(),
    machine: machineName(),
    host: hostname(),
    place: options.place,
    length: options.length,
    at: Date.now(),
  });
}

function busy(bucket: Bucket, run: string, { record, standing }: FoundLease): SluiceError {
  const left = standing.held ? formatDuration(Math.max(1_000, standing.left)) : "a moment";
  return new SluiceError(
    "RUN_BUSY",
    `run ${run} is being run by process ${record.owner.pid} on ${record.host}`,
    {
      path: bucket.url(leaseKey(run)),
      hint: `Wait for it, or end that process first. If its machine is gone, the run is free in ${left}, or at once with --take-over.`,
    },
  );
}
