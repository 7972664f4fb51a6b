import type { Bucket } from "../bucket.ts";
import { MOST_CHANGES, unsettled } from "../faults.ts";
import { groupSegments, segmentPrefix, slotKey, type SegmentName } from "./segment.ts";

const SEAL = '{"sealed":';

/** Whether an object of a segment is no records but the end that another process has put to it. */
export function isSeal(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SEAL.length)).toString() === SEAL;
}

/**
 * Takes the next number of a segment, so that the process that wrote it can write nothing more: not even one that was
 * stopped in the middle of a write, and goes on after its lease is over and taken.
 */
export async function sealSegment(
  bucket: Bucket,
  run: string,
  segment: SegmentName,
  by: SegmentName,
): Promise<void> {
  const text = `${SEAL}${JSON.stringify({ by })}}\n`;
  for (let attempt = 0; attempt < MOST_CHANGES; attempt++) {
    const keys: string[] = [];
    for await (const { key } of bucket.list(segmentPrefix(run, segment))) keys.push(key);
    const last = groupSegments(run, keys)[0]?.last ?? 0;
    const written = await bucket.put(slotKey(run, segment, last + 1), text, { when: { absent: true } });
    if (written !== undefined) return;
    const there = await bucket.get(slotKey(run, segment, last + 1));
    if (there !== undefined && isSeal(there.bytes)) return;
  }
  throw unsettled(bucket.url(segmentPrefix(run, segment)));
}
