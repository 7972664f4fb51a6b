import { CacheFault } from "../fault.ts";
import { MOST_LINE } from "./keys.ts";
import type { FolderSize } from "./measure.ts";

/** What stands in one line of JSON before an archive. */
export interface Envelope extends FolderSize {
  readonly name: string;
  readonly key: string;
  /** Of the archive as it follows, packed. */
  readonly digest: string;
}

const FORMAT = "sluice-folder/1";

export function writeEnvelope(envelope: Envelope): string {
  return `${JSON.stringify({ format: FORMAT, ...envelope })}\n`;
}

export interface Opened {
  readonly envelope: Envelope;
  readonly archive: AsyncGenerator<Uint8Array, void>;
}

/**
 * Reads the line, and gives the archive behind it. Whoever does not read that to its end must return from it.
 *
 * @throws CacheFault where it is no envelope, or that of something else
 */
export async function openEnvelope(
  blob: AsyncIterable<Uint8Array>,
  wanted: { readonly name: string; readonly key: string },
): Promise<Opened> {
  const chunks = blob[Symbol.asyncIterator]();
  try {
    let head = Buffer.alloc(0);
    let end = -1;
    while (end < 0 && head.length <= MOST_LINE) {
      const next = await chunks.next();
      if (next.done === true) break;
      head = Buffer.concat([head, next.value]);
      end = head.indexOf("\n");
    }
    const envelope = parse(end < 0 ? "" : head.subarray(0, end).toString("utf8"));
    if (envelope.name !== wanted.name || envelope.key !== wanted.key)
      throw new CacheFault(`a folder is that of ${envelope.name} under ${envelope.key}`);
    return { envelope, archive: rest(chunks, head.subarray(end + 1)) };
  } catch (error) {
    await chunks.return?.();
    throw error;
  }
}

async function* rest(
  chunks: AsyncIterator<Uint8Array>,
  first: Uint8Array = Buffer.alloc(0),
): AsyncGenerator<Uint8Array, void> {
  try {
    if (first.length > 0) yield first;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

function parse(line: string): Envelope {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw unknownFormat();
  }
  if (typeof parsed !== "object" || parsed === null) throw unknownFormat();
  const { format, name, key, digest, files, bytes } = parsed as Record<string, unknown>;
  const isFit =
    format === FORMAT &&
    typeof name === "string" &&
    typeof key === "string" &&
    typeof digest === "string" &&
    Number.isSafeInteger(files) &&
    Number.isSafeInteger(bytes);
  if (!isFit) throw unknownFormat();
  return { name, key, digest, files: files as number, bytes: bytes as number };
}

function unknownFormat(): CacheFault {
  return new CacheFault("a folder is damaged or in a format that this version does not know");
}
