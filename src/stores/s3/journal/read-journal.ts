import pLimit from "p-limit";
import type { RunEvent } from "../../../model/index.ts";
import { decodeJournal } from "../../_shared/record.ts";
import type { Bucket } from "../bucket.ts";
import { corruptObject } from "../faults.ts";
import { journalPrefix } from "../keys.ts";
import { isSeal } from "./seal.ts";
import { groupSegments, slotKey, type SegmentObjects } from "./segment.ts";

/** Objects that are read at the same time. */
const AT_ONCE = 16;

/** Listings that are made where objects go while they are read, as they do when a process merges what it wrote. */
const LISTINGS = 4;

/**
 * The events of a run, of all its processes.
 *
 * @throws SluiceError `STATE_CORRUPT` where an object is missing, or is not as it was written
 */
export async function readJournal(bucket: Bucket, run: string): Promise<readonly RunEvent[]> {
  for (let listing = 1; ; listing++) {
    const keys: string[] = [];
    for await (const { key } of bucket.list(journalPrefix(run))) keys.push(key);
    const segments = groupSegments(run, keys);
    const wanted = segments.flatMap((segment) => keysOf(bucket, run, segment));
    const limit = pLimit(AT_ONCE);
    const objects = await Promise.all(wanted.map((key) => limit(() => bucket.get(key))));
    const gone = objects.findIndex((object) => object === undefined);
    if (gone === -1) return wanted.flatMap((key, index) => decode(bucket, key, objects[index]?.bytes));
    if (listing === LISTINGS) throw corruptObject(bucket.url(wanted[gone] ?? ""), "is not there any more");
  }
}

/** The keys of a segment, in order and without a gap. */
function keysOf(
  bucket: Bucket,
  run: string,
  { name, merged, slots, last }: SegmentObjects,
): readonly string[] {
  const keys = merged === undefined ? [] : [merged.key];
  for (let number = (merged?.upTo ?? 0) + 1; number <= last; number++) {
    const key = slots.get(number);
    if (key === undefined) {
      throw corruptObject(bucket.url(slotKey(run, name, number)), "is missing: a part of the run's journal");
    }
    keys.push(key);
  }
  return keys;
}

function decode(bucket: Bucket, key: string, bytes: Buffer = Buffer.alloc(0)): readonly RunEvent[] {
  if (isSeal(bytes)) return [];
  const { events, whole } = decodeJournal(bytes, bucket.url(key));
  // An object is written as a whole or not at all, so a torn end is no crash's.
  if (whole !== bytes.length) throw corruptObject(bucket.url(key), `is damaged (at byte ${whole})`);
  return events;
}
