import { copyFile, open, stat, truncate } from "node:fs/promises";

/** Bytes at which a log is set aside as `<log>.1`, in place of the one set aside before. */
export const LOG_LIMIT = 10 * 1024 * 1024;

/**
 * Keeps a log from growing without end. Its writer has it open for appending and is not asked, so the content is
 * copied and the file emptied; what is written between the two is lost.
 */
export async function limitLog(file: string, limit = LOG_LIMIT): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || found.size < limit) return;
  await copyFile(file, `${file}.1`);
  await truncate(file, 0);
}

/** The end of a log, at most `bytes` of it, in whole lines. Empty where there is no log. */
export async function logTail(file: string, bytes = 65_536): Promise<string> {
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return "";
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - bytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(bytes, size)), 0, undefined, start);
    const text = buffer.toString("utf8", 0, bytesRead);
    if (start === 0) return text.trimEnd();
    // Half of the first line may be half of a secret, which masking would not recognise.
    const first = text.indexOf("\n");
    return first === -1 ? "" : text.slice(first + 1).trimEnd();
  } finally {
    await handle.close();
  }
}

/** The last lines of a text, each cut to a readable length. For text that is masked already. */
export function lastLines(text: string, lines = 20, length = 400): string {
  const last = text.split("\n").slice(-lines);
  return last.map((line) => (line.length > length ? `${line.slice(0, length)}…` : line)).join("\n");
}
