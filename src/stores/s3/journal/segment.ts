import { journalPrefix } from "../keys.ts";

/**
 * A process's part of a run's journal: objects numbered from 1, each made only where none of its number is there. Names
 * sort in the order in which the processes began: by the run's term, which grows with each process that takes the run,
 * then the one that took it before those that only add to it.
 */
export type SegmentName = string;

/** The segment of the process that has taken the run. */
export function holderSegment(term: number, nonce: string): SegmentName {
  return `${padded(term, 6)}-h-${nonce}`;
}

/** A segment of a process that adds to a run without taking it. */
export function guestSegment(term: number, now: number, nonce: string): SegmentName {
  return `${padded(term, 6)}-s-${now.toString(36).padStart(9, "0")}-${nonce}`;
}

export function segmentPrefix(run: string, segment: SegmentName): string {
  return `${journalPrefix(run)}${segment}/`;
}

export function slotKey(run: string, segment: SegmentName, number: number): string {
  return `${segmentPrefix(run, segment)}${padded(number, 8)}.jsonl`;
}

/** What stands for the objects 1 to `upTo` of a segment, which are then removed. */
export function mergedKey(run: string, segment: SegmentName, upTo: number): string {
  return `${segmentPrefix(run, segment)}merged-${padded(upTo, 8)}.jsonl`;
}

/** One segment, as a listing shows it. */
export interface SegmentObjects {
  readonly name: SegmentName;
  /** The largest merged object: its key, and the number up to which it stands. */
  readonly merged: { readonly key: string; readonly upTo: number } | undefined;
  /** Keys by number, those that are merged left out. */
  readonly slots: ReadonlyMap<number, string>;
  readonly last: number;
}

const OBJECT = /^(.+)\/(merged-)?(\d{8})\.jsonl$/;

/** Groups the keys of a run's journal by segment, in the order in which they are to be read. */
export function groupSegments(run: string, keys: Iterable<string>): readonly SegmentObjects[] {
  const prefix = journalPrefix(run);
  const groups = new Map<string, { merged: SegmentObjects["merged"]; slots: Map<number, string> }>();
  for (const key of keys) {
    const [, name, merged, digits] = OBJECT.exec(key.slice(prefix.length)) ?? [];
    if (name === undefined) continue;
    const group = groups.get(name) ?? { merged: undefined, slots: new Map<number, string>() };
    groups.set(name, group);
    const number = Number(digits);
    if (merged === undefined) group.slots.set(number, key);
    else if (number > (group.merged?.upTo ?? 0)) group.merged = { key, upTo: number };
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { merged, slots }]) => {
      const upTo = merged?.upTo ?? 0;
      const rest = new Map([...slots].filter(([number]) => number > upTo).sort(([a], [b]) => a - b));
      return { name, merged, slots: rest, last: Math.max(upTo, ...rest.keys()) };
    });
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}
