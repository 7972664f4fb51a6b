import { hash } from "node:crypto";
import { SluiceError } from "../../errors/index.ts";
import type { RunEvent } from "../../model/index.ts";

// A line is `{"c":"<first 8 hex digits of its SHA-256>","e":<event>}`: JSON for every tool, and its own proof of being
// whole.
const HEAD = '{"c":"';
const MIDDLE = '","e":';
const BODY_AT = HEAD.length + 8 + MIDDLE.length;

/** An event as a line of the journal, with its end of line. */
export function encodeRecord(event: RunEvent): string {
  const body = JSON.stringify(event);
  return `${HEAD}${checksum(body)}${MIDDLE}${body}}\n`;
}

/**
 * The events of a journal. A last line that is torn, as a crash leaves it, is cut; anything else that is not whole is
 * refused.
 *
 * @throws SluiceError `STATE_CORRUPT` naming the file and line
 */
export function decodeJournal(text: string, file: string): { events: RunEvent[]; whole: number } {
  const events: RunEvent[] = [];
  let start = 0;
  for (let line = 1; start < text.length; line++) {
    const end = text.indexOf("\n", start);
    const event = end === -1 ? undefined : decodeRecord(text.slice(start, end));
    if (event === undefined) {
      if (end === -1 || end === text.length - 1) break;
      throw new SluiceError("STATE_CORRUPT", `${file}: line ${line} is damaged`, {
        hint: "Restore the file from a copy, or start a new run; nothing after this line can be trusted.",
      });
    }
    events.push(event);
    start = end + 1;
  }
  return { events, whole: start };
}

function decodeRecord(line: string): RunEvent | undefined {
  if (!line.startsWith(HEAD) || !line.endsWith("}")) return undefined;
  const body = line.slice(BODY_AT, -1);
  if (checksum(body) !== line.slice(HEAD.length, HEAD.length + 8)) return undefined;
  return JSON.parse(body) as RunEvent;
}

function checksum(body: string): string {
  return hash("sha256", body).slice(0, 8);
}
