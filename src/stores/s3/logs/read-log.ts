import type { Bucket, ListedObject } from "../bucket.ts";
import { logPrefix } from "../keys.ts";
import { logPieces } from "./log-keys.ts";

/** Pieces that are read at the same time. */
const AT_ONCE = 8;

/** Listings in a row that bring nothing further, where pieces go while they are read. */
const IN_VAIN = 3;

/** What a node has printed so far, from byte `from` on. */
export async function* readLog(
  bucket: Bucket,
  run: string,
  node: string,
  from: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const prefix = logPrefix(run, node);
  let position = from;
  for (let vain = 0; vain < IN_VAIN; vain++) {
    const listed: ListedObject[] = [];
    for await (const object of bucket.list(prefix)) listed.push(object);
    const pieces = logPieces(prefix, listed).filter(({ start, size }) => start + size > position);
    let merged = false;
    for (let first = 0; first < pieces.length && !merged; first += AT_ONCE) {
      const group = pieces.slice(first, first + AT_ONCE);
      const found = await Promise.all(
        group.map(({ key, start }) => bucket.get(key, Math.max(0, position - start))),
      );
      for (const object of found) {
        // Its process has put one object in the place of its parts: the same bytes, under another key.
        merged = object === undefined;
        if (object === undefined) break;
        yield object.bytes;
        position += object.bytes.length;
        vain = 0;
      }
    }
    if (!merged) return;
  }
}
