import { TextDecoder } from "node:util";
import { invalid } from "./report-error.ts";

const DECLARED = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/;

/** Text of a report: by its byte order mark, else by its XML declaration, else as UTF-8. */
export function decodeText(bytes: Uint8Array, file: string): string {
  const marked = byMark(bytes);
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 300));
  const label = DECLARED.exec(head)?.[1] ?? "utf-8";
  return decoder(label, file).decode(bytes);
}

function byMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

function decoder(label: string, file: string): TextDecoder {
  // Without a mark the bytes are readable as ASCII here, so a declared UTF-16 cannot be true.
  if (/^utf-?16/i.test(label)) return new TextDecoder();
  try {
    return new TextDecoder(label);
  } catch (cause) {
    throw invalid(file, `is in an unknown encoding, ${label}`, "Let the tool write UTF-8.", cause);
  }
}
