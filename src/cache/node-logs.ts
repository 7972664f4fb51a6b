import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import type { RunStore } from "../ports/index.ts";
import { logFileName } from "../util/log-name.ts";
import { chunks } from "./chunks.ts";
import type { NodeLogs } from "./result-cache.ts";

/** The logs of a run that is under way: from its folder on this machine where it has one. */
export function nodeLogs(folder: string | undefined, store: RunStore, run: string): NodeLogs {
  if (folder === undefined) {
    // A store elsewhere has no log of a node that begins in this process.
    return { size: () => 0, read: (node, from) => store.log(run, node, from) };
  }
  const fileOf = (node: string): string => join(folder, logFileName(node));
  const size = (node: string): number => statSync(fileOf(node), { throwIfNoEntry: false })?.size ?? 0;
  return { size, read: (node, from) => (size(node) > from ? bytes(fileOf(node), from) : chunks()) };
}

async function* bytes(file: string, start: number): AsyncIterable<Uint8Array> {
  yield* createReadStream(file, { start }) as AsyncIterable<Uint8Array>;
}
