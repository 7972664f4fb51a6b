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

/** The last lines of a log, at most `bytes` of them. Empty where there is no log. */
export async function logTail(file: string, lines = 20, bytes = 4_096): Promise<string> {
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return "";
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - bytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(bytes, size)), 0, undefined, start);
    const text = buffer.toString("utf8", 0, bytesRead).trimEnd();
    // A line cut at the front would show half a word, or half of a secret that masking cannot recognise.
    const whole = start === 0 ? text : text.slice(text.indexOf("\n") + 1);
    return whole.split("\n").slice(-lines).join("\n");
  } finally {
    await handle.close();
  }
}
