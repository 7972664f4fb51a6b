import { hash } from "node:crypto";
import { SluiceError } from "../../errors/index.ts";
import type { RunEvent, RunOwner } from "../../model/index.ts";
import { checkHeader, type JournalHeader } from "./header.ts";
import { outputLast, withLateOutput } from "./late-output.ts";

// A line is `{"c":"<first 8 hex digits of its SHA-256>","e":<event>}`: JSON for every tool, and its own proof of being
// whole.
const HEAD = '{"c":"';
const MIDDLE = '","e":';
const BODY_AT = HEAD.length + 8 + MIDDLE.length;
const [LINE_FEED, CLOSING] = [0x0a, 0x7d];
const ZEROS = "\0\0";

/** What a journal's file holds. */
export interface DecodedJournal {
  readonly events: RunEvent[];
  /** Bytes up to the end of the last whole line. */
  readonly whole: number;
  /** The process that made the run, where the file says so. */
  readonly maker: RunOwner | undefined;
}

/** An event, or what a file begins with, as a line of the journal, with its end of line. */
export function encodeRecord(record: RunEvent | JournalHeader): string {
  const body = JSON.stringify(record.type === "node.succeeded" ? outputLast(record) : record);
  return `${HEAD}${checksum(body)}${MIDDLE}${body}}\n`;
}

/**
 * The events of a journal's file. A last line that is torn, as a crash leaves it, is cut; anything else that is not
 * whole is refused.
 *
 * @throws SluiceError `STATE_CORRUPT` naming the file, line and byte, or the version where that is not known
 */
export function decodeJournal(journal: string | Uint8Array, file: string): DecodedJournal {
  const bytes = typeof journal === "string" ? Buffer.from(journal) : view(journal);
  const events: RunEvent[] = [];
  let maker: RunOwner | undefined;
  /** Whether outputs stand last, as in every journal that says its version. */
  let isOrdered = false;
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(LINE_FEED, start);
    const record = end === -1 ? undefined : decodeRecord(bytes, start, end, isOrdered);
    if (record === undefined) {
      if (isTorn(bytes, start, end)) break;
      throw new SluiceError("STATE_CORRUPT", `${file}: line ${line} is damaged (at byte ${start})`, {
        hint: "Restore the file from a copy, or start a new run; nothing after this line can be trusted.",
      });
    }
    if (record.type === "journal") {
      checkHeader(record, file);
      maker ??= record.owner;
      isOrdered = true;
    } else events.push(record);
    start = end + 1;
  }
  return { events, whole: start, maker };
}

function decodeRecord(
  bytes: Buffer,
  start: number,
  end: number,
  isOrdered: boolean,
): RunEvent | JournalHeader | undefined {
  const from = start + BODY_AT;
  const to = end - 1;
  if (to <= from || bytes[to] !== CLOSING) return undefined;
  const head = `${HEAD}${checksum(bytes.subarray(from, to))}${MIDDLE}`;
  if (bytes.toString("latin1", start, from) !== head) return undefined;
  const late = isOrdered ? withLateOutput(bytes, from, to) : undefined;
  if (late !== undefined) return late;
  return JSON.parse(bytes.toString("utf8", from, to)) as RunEvent | JournalHeader;
}

/** Whether the line from `start` is the end of a file whose writer, or whose machine, stopped in the middle of it. */
function isTorn(bytes: Buffer, start: number, end: number): boolean {
  if (end === -1) return true;
  // Zeros, which JSON never holds, are what some file systems show after a power cut where a file had grown before its
  // content came. One alone may be a line feed that was damaged, and then more than this line would be lost.
  return end === bytes.length - 1 && bytes.subarray(start, end).includes(ZEROS);
}

function checksum(body: string | Uint8Array): string {
  return hash("sha256", body).slice(0, 8);
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
