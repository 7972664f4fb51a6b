import type { RunOwner } from "../../../model/index.ts";
import type { ProcessIdentity } from "../../../util/process/identity.ts";
import { Reader } from "../../../util/state/reader.ts";
import { corruptObject } from "../faults.ts";

const VERSION = 1;

/** Who has a run, or had it last. Each sign of life changes it, and with it its etag. */
export interface LeaseRecord {
  readonly version: typeof VERSION;
  /** Counted from 1: how often the run was taken. */
  readonly term: number;
  /** The holder's part of the journal. */
  readonly segment: string;
  /** Segments of earlier holders that are not closed yet. */
  readonly unsealed: readonly string[];
  /** Of the holder, which no other has. */
  readonly nonce: string;
  readonly owner: ProcessIdentity;
  readonly machine: string;
  readonly host: string;
  /** Where the owner's process id means something; see `Place`. */
  readonly place: string | null;
  /** Milliseconds without a sign of life after which the run may be taken. */
  readonly length: number;
  /** Counts the signs of life. */
  readonly beat: number;
  /** When it was written, by the holder's clock; for showing only. */
  readonly at: number;
  readonly released: boolean;
}

export function newLeaseRecord(fields: Omit<LeaseRecord, "version" | "beat" | "released">): LeaseRecord {
  return { version: VERSION, ...fields, beat: 0, released: false };
}

export function ownerOf({ owner, machine }: LeaseRecord): RunOwner {
  return { ...owner, machine };
}

/** @throws SluiceError `STATE_CORRUPT` */
export function readLeaseRecord(value: unknown, url: string): LeaseRecord {
  const read = new Reader((problem) => corruptObject(url, `makes no sense: ${problem}`));
  const lease = read.object(value, "lease");
  const owner = read.object(lease["owner"], "owner");
  if (lease["version"] !== VERSION) {
    throw corruptObject(
      url,
      `is of version ${JSON.stringify(lease["version"])}, this Sluice reads ${VERSION}`,
    );
  }
  return {
    version: VERSION,
    term: read.integer(lease["term"], "term", 1),
    segment: read.text(lease["segment"], "segment"),
    unsealed: read.list(lease["unsealed"], "unsealed", (item, at) => read.text(item, at)),
    nonce: read.text(lease["nonce"], "nonce"),
    owner: {
      pid: read.integer(owner["pid"], "owner.pid", 1),
      start: read.text(owner["start"], "owner.start"),
    },
    machine: read.text(lease["machine"], "machine"),
    host: read.text(lease["host"], "host"),
    place: read.nullable(lease["place"], (place) => read.text(place, "place")),
    length: read.integer(lease["length"], "length"),
    beat: read.integer(lease["beat"], "beat"),
    at: read.integer(lease["at"], "at"),
    released: read.boolean(lease["released"], "released"),
  };
}
