import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import type { RunEvent, RunOwner } from "../../model/index.ts";
import { isSluiceError } from "../../errors/index.ts";
import { decodeJournal } from "../_shared/record.ts";

/** Bytes that are read at each end of a journal's file. */
const WINDOW = 16_384;
const LINE_FEED = 0x0a;

type Mark = Extract<RunEvent, { type: "run.started" | "run.finished" }>;

/** What the ends of one journal's file say. */
export interface SegmentEnds {
  readonly first: RunEvent | undefined;
  readonly last: RunEvent | undefined;
  /** The last event that says whether a process is at the run. */
  readonly mark: Mark | undefined;
  readonly maker: RunOwner | undefined;
}

/**
 * The first and the last event of a journal's file. Reads the whole of it only where that is the way to find them.
 *
 * @throws SluiceError `STATE_CORRUPT` for what it has to read
 */
export function readEnds(file: string): SegmentEnds {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    if (size <= 2 * WINDOW) return whole(file);
    const head = readAt(fd, 0);
    const tail = readAt(fd, size - WINDOW);
    return ofWindows(head, tail, file) ?? whole(file);
  } finally {
    closeSync(fd);
  }
}

function whole(file: string): SegmentEnds {
  const { events, maker } = decodeJournal(readFileSync(file), file);
  return { first: events[0], last: events.at(-1), mark: markOf(events), maker };
}

/**
 * A process's first record says that it began and its last one that it ended, so what lies between the windows cannot
 * matter. `undefined` where a window does not hold a single whole record, or a damaged one.
 */
function ofWindows(head: Buffer, tail: Buffer, file: string): SegmentEnds | undefined {
  const headEnd = head.lastIndexOf(LINE_FEED) + 1;
  const tailStart = tail.indexOf(LINE_FEED) + 1;
  if (headEnd === 0 || tailStart === 0) return undefined;
  try {
    const { events: early, maker } = decodeJournal(head.subarray(0, headEnd), file);
    const { events: late } = decodeJournal(tail.subarray(tailStart), file);
    const [first, last] = [early[0], late.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    return { first, last, mark: markOf(late) ?? markOf(early), maker };
  } catch (error) {
    if (isSluiceError(error)) return undefined;
    throw error;
  }
}

function markOf(events: readonly RunEvent[]): Mark | undefined {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index];
    if (event?.type === "run.started" || event?.type === "run.finished") return event;
  }
  return undefined;
}

function readAt(fd: number, position: number): Buffer {
  const bytes = Buffer.allocUnsafe(WINDOW);
  let done = 0;
  while (done < WINDOW) {
    const count = readSync(fd, bytes, done, WINDOW - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}
