import type { SegmentName } from "../journal/segment.ts";
import { logPrefix } from "../keys.ts";
import type { ListedObject } from "../bucket.ts";

/** A part of what a node printed under one process, from byte `offset` of that on. */
export function logPartKey(run: string, node: string, segment: SegmentName, offset: number): string {
  return `${logPrefix(run, node)}${segment}/${String(offset).padStart(15, "0")}`;
}

/** All that a node printed under one process; stands for the parts, which are then removed. */
export function mergedLogKey(run: string, node: string, segment: SegmentName): string {
  return `${logPrefix(run, node)}${segment}/merged`;
}

/** A piece of a node's log as it stands in the bucket. */
export interface LogPiece {
  readonly key: string;
  /** In the whole log, of all processes. */
  readonly start: number;
  readonly size: number;
}

/** Puts what was listed below a node's log together, in the order in which it was printed. */
export function logPieces(prefix: string, listed: readonly ListedObject[]): readonly LogPiece[] {
  const segments = new Map<string, ListedObject[]>();
  for (const object of [...listed].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const [segment = "", name = ""] = object.key.slice(prefix.length).split("/");
    const parts = segments.get(segment) ?? [];
    // A merged object sorts after the parts that it stands for.
    segments.set(segment, name === "merged" ? [object] : [...parts, object]);
  }
  let start = 0;
  return [...segments]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, parts]) => parts)
    .map(({ key, size }) => {
      const piece = { key, start, size };
      start += size;
      return piece;
    });
}
