/** Bytes of standard output that a job's output keeps: the last ones. */
export const TAIL_BYTES = 64 << 10;
/** Bytes of standard output that `.text()`, `.json()` and `.lines()` take. */
export const WHOLE_BYTES = 1 << 20;

/** Collects standard output in a bounded space. */
export interface Capture {
  add(chunk: Uint8Array): void;
  /** What was collected as text; `undefined` where there was more than it takes. */
  text(): string | undefined;
}

/** Keeps the last {@link TAIL_BYTES}, cut at the beginning of a character. */
export function captureTail(): Capture {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    add(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      for (
        let first = chunks[0];
        first !== undefined && size - first.length >= TAIL_BYTES;
        first = chunks[0]
      ) {
        chunks.shift();
        size -= first.length;
      }
    },
    text() {
      const bytes = Buffer.concat(chunks);
      let from = Math.max(0, bytes.length - TAIL_BYTES);
      // A byte 10xxxxxx goes on with a character that began before.
      while (from > 0 && from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from++;
      return bytes.toString("utf8", from);
    },
  };
}

/** Keeps everything up to {@link WHOLE_BYTES}, and nothing of what is longer. */
export function captureWhole(): Capture {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    add(chunk) {
      size += chunk.length;
      if (size > WHOLE_BYTES) chunks.length = 0;
      else chunks.push(chunk);
    },
    text: () => (size > WHOLE_BYTES ? undefined : Buffer.concat(chunks).toString()),
  };
}
