import type { Matcher, Ranges } from "./matcher.ts";

/** Masks bytes that come in pieces, also a secret that two or more pieces share. */
export interface MaskStream {
  /**
   * What is safe to give out now: possibly nothing, possibly the very `chunk`. Only the end that could be the
   * beginning of a secret is held back. Neither argument nor result may be changed afterwards.
   */
  push(chunk: Uint8Array): Uint8Array;
  /** What is still held back, at the end of the source. The stream can be used again then. */
  flush(): Uint8Array;
}

const STARS = Buffer.from("***");
const NOTHING = new Uint8Array(0);

export function createMaskStream(matcher: Matcher): MaskStream {
  /** What was held back, and how many bytes at its beginning a `***` that was given out stands for already. */
  let held = NOTHING;
  let covered = 0;

  return {
    push(chunk) {
      const text = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const ranges = matcher.find(text);
      const end = matcher.unfinished(text);
      const given = replace(text, ranges, covered, end);
      covered = Math.max(0, coveredUntil(ranges, covered, end) - end);
      // Copied, so that a few bytes do not keep a whole chunk in memory.
      held = end === text.length ? NOTHING : new Uint8Array(text.subarray(end));
      return given;
    },
    flush() {
      const given = replace(held, matcher.find(held), covered, held.length);
      held = NOTHING;
      covered = 0;
      return given;
    },
  };
}

/** `bytes` with every occurrence replaced; `bytes` itself where there is none. */
export function maskBytes(matcher: Matcher, bytes: Uint8Array): Uint8Array {
  return replace(bytes, matcher.find(bytes), 0, bytes.length);
}

/**
 * `text` up to `end` with a `***` for every range that begins there. The first `covered` bytes, and ranges that begin
 * among them, belong to a `***` that was given out before.
 */
function replace(text: Uint8Array, ranges: Ranges, covered: number, end: number): Uint8Array {
  if (ranges.length === 0 && covered === 0) return end === text.length ? text : text.subarray(0, end);
  const pieces: Uint8Array[] = [];
  let from = covered;
  for (let index = 0; index < ranges.length; index += 2) {
    const start = ranges[index] ?? 0;
    const stop = ranges[index + 1] ?? 0;
    if (start >= end) break;
    if (start >= from) pieces.push(text.subarray(from, start), STARS);
    from = Math.max(from, stop);
  }
  if (from < end) pieces.push(text.subarray(from, end));
  return Buffer.concat(pieces);
}

/** Up to where what has been given out stands for `text`. */
function coveredUntil(ranges: Ranges, covered: number, end: number): number {
  let until = covered;
  for (let index = 0; index < ranges.length; index += 2) {
    if ((ranges[index] ?? 0) < end) until = Math.max(until, ranges[index + 1] ?? 0);
  }
  return until;
}
